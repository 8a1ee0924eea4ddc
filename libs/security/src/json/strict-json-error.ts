export type StrictJsonReason =
  /** Bytes that are not UTF-8, or an escape that is half a surrogate pair: no text holds it. */
  | 'invalid_utf8'
  | 'malformed'
  | 'too_deep'
  | 'duplicate_key'
  /** `__proto__`, or `prototype` inside `constructor`. */
  | 'forbidden_key'
  | 'nul_character';

const MESSAGES: Readonly<Record<StrictJsonReason, string>> = {
  invalid_utf8: 'is not valid UTF-8',
  malformed: 'is not valid JSON',
  too_deep: 'is nested too deeply',
  duplicate_key: 'is given twice',
  forbidden_key: 'is a name that is not allowed',
  nul_character: 'contains a NUL character',
};

/** Names the offending place, never a value. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError';

  /**
   * @param path of the offending field, as in `data.items[3].name`; empty for the whole text; about 200 characters at
   * most, then it ends in `…`.
   * @param position byte offset of the fault; `null` when the bytes are not UTF-8.
   */
  constructor(
    readonly reason: StrictJsonReason,
    readonly path: string,
    readonly position: number | null,
  ) {
    super(
      `${path === '' ? 'The text' : path} ${MESSAGES[reason]}${position === null ? '' : ` (byte ${position})`}.`,
    );
  }
}
