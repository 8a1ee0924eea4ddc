import { parse } from 'node:querystring';

/** Stands for a value whose percent-encoding is broken. Nothing decodes to half a surrogate pair, so nobody can send it. */
export const UNDECODABLE = '\ud800';

/** The parameters of a query. Names that cannot be decoded are those of no parameter. */
export function parseQuery(text: string): Record<string, string | string[] | undefined> {
  return parse(text, '&', '=', { decodeURIComponent: decode, maxKeys: 0 });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return UNDECODABLE;
  }
}
