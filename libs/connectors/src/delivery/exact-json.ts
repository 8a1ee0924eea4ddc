declare global {
  /** Of ECMAScript 2026, not yet in TypeScript's library. */
  interface JSON {
    rawJSON(text: string): object;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source: string }) => unknown,
    ): unknown;
  }
}

/** A number of 16 digits and more, with a fraction or an exponent, or `-0`. Such text within a string only costs time. */
const MAY_CHANGE = /(?:^|"\s*:|[[,\s])(?:-0|-?\d{16}|-?\d{1,15}[.eE])/;

/** Whether of such JSON some number may be written otherwise than it was read; false only where none is. */
export function mayChangeNumbers(text: string): boolean {
  return MAY_CHANGE.test(text);
}

/**
 * As `JSON.parse`, but a number that JavaScript would write otherwise (`9007199254740993`, `1.0`, `1e400`) is an object which
 * `JSON.stringify` writes as it stood. For what is passed on, not for what is looked into. Several times slower.
 *
 * @throws SyntaxError where it is no JSON, RangeError where it is nested some thousand levels deep
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_, value, { source }) =>
    typeof value === 'number' && String(value) !== source ? JSON.rawJSON(source) : value,
  );
}
