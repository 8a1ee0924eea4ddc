/**
 * The body of a delivery as it is signed and sent: the published payload structure around the data, whose text is kept
 * byte for byte.
 */
export function publishedBody(event: {
  readonly type: string;
  readonly timestamp: string;
  /** JSON text. */
  readonly data: string;
  readonly source: string;
  readonly requestId: string;
}): string {
  const metadata = JSON.stringify({ source: event.source, version: 'v1', request_id: event.requestId });
  return `{"event_type":${JSON.stringify(event.type)},"timestamp":"${event.timestamp}","data":${event.data},"metadata":${metadata}}`;
}
