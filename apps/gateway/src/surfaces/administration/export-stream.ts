import { Readable } from 'node:stream';
import { DomainError } from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';

export type ExportFormat = 'csv' | 'json';

/** What is exported, and how it is had. */
export interface ExportSource<Row> {
  /** Of the file, without its extension. */
  readonly name: string;
  /** Rows that a batch has unless it is the last. */
  readonly batchSize: number;
  /** The batch that comes after `last`; the first where that is undefined. */
  batch(last: Row | undefined): Promise<readonly Row[]>;
  csvHead(): string;
  csvLines(rows: readonly Row[]): string;
}

/**
 * Sends every row there is, however many: a batch is asked for when the client has taken the one before it, so that never more than
 * one is in memory.
 */
export async function sendExport<Row>(
  source: ExportSource<Row>,
  format: ExportFormat,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const ask = asker(source, request);
  // Before anything is sent, so that what fails at once is answered as an error.
  const first = await ask(undefined);
  const stream = Readable.from(chunks(source, format, first, ask, request), {
    objectMode: false,
    highWaterMark: 1,
  });
  void reply
    .type(
      format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8',
    )
    .header(
      'content-disposition',
      `attachment; filename="${source.name}.${format === 'csv' ? 'csv' : 'ndjson'}"`,
    )
    .header('cache-control', 'no-store')
    .send(stream);
}

type Ask<Row> = (last: Row | undefined) => Promise<readonly Row[]>;

/** Each in a scope of its own: a slow client may take longer than a request may. */
function asker<Row>(source: ExportSource<Row>, { hub }: FastifyRequest): Ask<Row> {
  return (last) => CallScope.run(hub.callContext(), () => source.batch(last));
}

async function* chunks<Row>(
  source: ExportSource<Row>,
  format: ExportFormat,
  first: readonly Row[],
  ask: Ask<Row>,
  { hub }: FastifyRequest,
): AsyncGenerator<Buffer> {
  hub.bytesOut = 0;
  const counted = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    hub.bytesOut = (hub.bytesOut ?? 0) + bytes.length;
    return bytes;
  };
  if (format === 'csv') yield counted(source.csvHead());
  for (let batch = first; ;) {
    const last = batch.at(-1);
    if (last === undefined) return;
    yield counted(format === 'csv' ? source.csvLines(batch) : jsonLines(batch));
    if (batch.length < source.batchSize) return;
    try {
      batch = await ask(last);
    } catch (error) {
      hub.failure = error instanceof DomainError ? error.code : 'INTERNAL';
      throw error;
    }
  }
}

/** An object a line (NDJSON). */
export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
