export interface PageRequest {
  /** From 1. */
  readonly page: number;
  /** 1 to 100. */
  readonly size: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}
