const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids are opaque to callers: any text may come, and only a UUID can be one of ours. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
