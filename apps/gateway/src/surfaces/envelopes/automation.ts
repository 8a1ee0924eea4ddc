import type { Envelope, FieldMessage } from './envelope';

/** The address of another page of the same list. */
function pageUrl(origin: string, url: string, page: number): string {
  const address = new URL(url, origin);
  address.searchParams.set('page', String(page));
  return address.href;
}

function byField(fields: readonly FieldMessage[]): Record<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const { field, message } of fields) grouped.set(field, [...(grouped.get(field) ?? []), message]);
  return Object.fromEntries(grouped);
}

/** S2: the bare object; lists `{count, next, previous, results}`; `{error, timestamp, path}`. */
export const automationEnvelope: Envelope = {
  success: (value) => value,
  page: ({ items, total, page, size }, _listName, { url, publicOrigin }) => ({
    count: total,
    next: page * size < total ? pageUrl(publicOrigin(), url, page + 1) : null,
    previous: page > 1 ? pageUrl(publicOrigin(), url, page - 1) : null,
    results: items,
  }),
  failure: ({ code, message, fields, details }, { url }) => ({
    error: { code, message, details: fields.length > 0 ? byField(fields) : (details ?? {}) },
    timestamp: new Date().toISOString(),
    path: url.split('?', 1)[0],
  }),
};
