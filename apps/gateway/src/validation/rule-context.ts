/** What our own decorators keep beside class-validator's metadata (it survives `PartialType` and the like). */
export interface RuleContext {
  /** Sentence that tells the problem. */
  readonly key?: string;
  /** Class of a nested object or of the items of a list. */
  readonly nested?: () => new () => object;
  /** Turns the text of a query parameter into its value; text that does not fit is returned as it is. */
  readonly convert?: (text: string) => unknown;
}
