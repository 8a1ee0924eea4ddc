interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions {
  readonly maxBatch: number;
  /** So many make a batch of their own although another is being written. */
  readonly enough: number;
  readonly maxWriting: number;
  readonly maxWaiting: number;
  /** How long the first of a batch waits for others, in milliseconds; 0: for the turn of the event loop. */
  readonly gatherMs: number;
}

/**
 * Writes what arrives together in one statement, since what a statement costs depends little on how much is in it. While a
 * batch is being written the next one gathers: few, large statements under load.
 */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private writing = 0;
  /** The first of those that wait has waited for others long enough. */
  private ripe = false;
  private ripening: NodeJS.Timeout | undefined;
  private idleListeners: (() => void)[] = [];

  constructor(
    /** Answers one result for each item, in order. */
    private readonly write: (items: Item[]) => Promise<Result[]>,
    private readonly options: BatcherOptions,
  ) {}

  /** True when `add` would refuse. */
  get full(): boolean {
    return this.waiting.length >= this.options.maxWaiting;
  }

  /** Rejects with what `write` threw; never waits behind more than `maxWaiting` others. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const length = this.waiting.push({ item, resolve, reject });
      if (length === 1) this.gather();
      else if (length === this.options.enough) this.next();
    });
  }

  /** Resolves once everything added so far has been written. */
  idle(): Promise<void> {
    if (this.writing === 0 && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleListeners.push(resolve));
  }

  private gather(): void {
    if (this.options.gatherMs === 0) setImmediate(() => this.ripen());
    else this.ripening = setTimeout(() => this.ripen(), this.options.gatherMs);
  }

  private ripen(): void {
    this.ripe = true;
    this.next();
  }

  private next(): void {
    const { enough, maxBatch, maxWriting } = this.options;
    const { length } = this.waiting;
    const due = length >= enough ? this.writing < maxWriting : this.ripe && this.writing === 0;
    if (length === 0 || !due) return;
    clearTimeout(this.ripening);
    const batch = this.waiting.splice(0, maxBatch);
    this.ripe = this.waiting.length > 0;
    this.writing += 1;
    void this.settle(batch);
  }

  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.writing -= 1;
    this.next();
    if (this.writing > 0 || this.waiting.length > 0) return;
    for (const listener of this.idleListeners.splice(0)) listener();
  }
}
