/** What seals texts: a `SecretBox`. */
export interface Sealer {
  seal(text: string, boundTo: string): string;
  /** @throws where the key is unknown, or the text was changed or belongs elsewhere */
  open(sealed: string, boundTo: string): string;
  /** Null where it is under the key that seals now. */
  reseal(sealed: string, boundTo: string): string | null;
  /** What texts under the key that seals now begin with. */
  readonly currentPrefix: string;
}
