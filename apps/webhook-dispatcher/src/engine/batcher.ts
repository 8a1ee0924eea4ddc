/**
 * Writes what arrives together in one statement. While a batch is being written the next one gathers, so there is no
 * added delay when idle and few, large statements under load.
 */
export class Batcher<Item, Result> {
  private waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  private writing = 0;
  private idleListeners: (() => void)[] = [];

  constructor(
    /** Answers one result for each item, in order. */
    private readonly write: (items: Item[]) => Promise<Result[]>,
    private readonly options: {
      readonly maxBatch: number;
      readonly maxWriting: number;
      readonly maxWaiting: number;
    },
  ) {}

  /** True when `add` would refuse. */
  get full(): boolean {
    return this.waiting.length >= this.options.maxWaiting;
  }

  /** Rejects with what `write` threw; never waits behind more than `maxWaiting` others. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.writing < this.options.maxWriting) {
        this.writing += 1;
        // What arrives in the same turn of the event loop goes along.
        setImmediate(() => void this.drain());
      }
    });
  }

  /** Resolves once everything added so far has been written. */
  idle(): Promise<void> {
    if (this.writing === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleListeners.push(resolve));
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.maxBatch);
      try {
        const results = await this.write(batch.map((entry) => entry.item));
        batch.forEach((entry, index) => entry.resolve(results[index] as Result));
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.writing -= 1;
    if (this.writing === 0) {
      for (const listener of this.idleListeners.splice(0)) listener();
    }
  }
}
