export interface PageRequest {
  /** From 1. */
  readonly page: number;
  /** 1 to 100. */
  readonly size: number;
  /** Items before the page, for lists that are read from anywhere; those of the pages before it without it. */
  readonly offset?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
  /** Items before these, where the page was asked for by that. */
  readonly offset?: number;
}

/** Items before the page. */
export function offsetOf({ page, size, offset = (page - 1) * size }: PageRequest): number {
  return offset;
}
