import type { AnswerContext, Envelope, FieldMessage } from './envelope';

/** The address of another page of the same list. */
function pageUrl(context: AnswerContext, page: number): string {
  const address = new URL(context.publicOrigin() + context.url);
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
  page: ({ items, total, page, size }, _listName, context) => ({
    count: total,
    next: page * size < total ? pageUrl(context, page + 1) : null,
    previous: page > 1 ? pageUrl(context, page - 1) : null,
    results: items,
  }),
  failure: ({ code, message, fields, details }, { url }) => ({
    error: { code, message, details: fields.length > 0 ? byField(fields) : (details ?? {}) },
    timestamp: new Date().toISOString(),
    path: url.split('?', 1)[0],
  }),
};
