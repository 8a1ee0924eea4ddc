import { DomainError } from '@signalbox/contracts';

export interface BelievedCacheOptions {
  /** Answers kept at most; as many again that there is nothing. */
  readonly max: number;
  /** Told of each lookup. */
  readonly found: (where: 'memory' | 'service') => void;
}

/** An answer older than this is not believed any more, whatever became of the notices. */
export const BELIEVED_MS = 10_000;
/** From this age on it is asked for again, behind the request that uses it. */
export const FRESH_MS = 5_000;
/** Asked for at a time; whoever guesses must not take all the calls a gateway may have under way. */
const MAX_LOADING = 2_000;

interface Entry<V> {
  readonly view: V;
  /** When it was asked for: it cannot be older than that. */
  readonly askedAt: number;
}

/**
 * What the auth service said lately. Asks for one thing once at a time, keeps the answer for ten seconds at most (also that
 * there is no such thing), and forgets it at once when told that it changed.
 */
export class BelievedCache<V extends object> {
  /** In the order in which they were asked for: the first is the oldest. */
  private readonly entries = new Map<string, Entry<V>>();
  /** Apart, so that whoever guesses cannot crowd out those who know. */
  private readonly missing = new Map<string, Entry<null>>();
  private readonly loading = new Map<string, Promise<V | null>>();

  constructor(private readonly options: BelievedCacheOptions) {}

  /**
   * @param ask where the answer comes from
   * @returns null where there is no such thing; a promise only where it has to be asked for
   * @throws DomainError (as a rejection) when it cannot be asked for
   */
  get(id: string, ask: () => Promise<V | null>): V | null | Promise<V | null> {
    const entry = this.entry(id);
    const age = entry ? performance.now() - entry.askedAt : Infinity;
    if (!entry || age > BELIEVED_MS) {
      this.options.found('service');
      return this.load(id, ask);
    }
    this.options.found('memory');
    // A failure shows when the entry is too old to be believed.
    if (age > FRESH_MS) this.load(id, ask).catch(() => undefined);
    return entry.view;
  }

  /** What is known without asking; undefined where nothing is. */
  peek(id: string): V | null | undefined {
    const entry = this.entry(id);
    return entry && performance.now() - entry.askedAt <= BELIEVED_MS ? entry.view : undefined;
  }

  /** From now on these are asked for again; an answer under way is not kept. */
  drop(...ids: readonly string[]): void {
    for (const id of ids) {
      this.entries.delete(id);
      this.missing.delete(id);
      this.loading.delete(id);
    }
  }

  /** Likewise where it is not known under which id they are kept. */
  dropWhere(matches: (view: V) => boolean): void {
    this.loading.clear();
    for (const [id, { view }] of this.entries) if (matches(view)) this.entries.delete(id);
  }

  clear(): void {
    this.entries.clear();
    this.missing.clear();
    this.loading.clear();
  }

  private entry(id: string): Entry<V | null> | undefined {
    return this.entries.get(id) ?? this.missing.get(id);
  }

  private load(id: string, ask: () => Promise<V | null>): Promise<V | null> {
    const underWay = this.loading.get(id);
    if (underWay) return underWay;
    if (this.loading.size >= MAX_LOADING)
      return Promise.reject(new DomainError({ code: 'SERVICE_UNAVAILABLE', retryAfter: 1 }));
    const askedAt = performance.now();
    const load = ask().then(
      (view) => {
        if (this.loading.get(id) === load) this.keep(id, view, askedAt);
        return view;
      },
      (error: unknown) => {
        if (this.loading.get(id) === load) this.loading.delete(id);
        throw error;
      },
    );
    this.loading.set(id, load);
    return load;
  }

  private keep(id: string, view: V | null, askedAt: number): void {
    this.drop(id);
    if (view === null) this.add(this.missing, id, { view, askedAt });
    else this.add(this.entries, id, { view, askedAt });
  }

  private add<T>(entries: Map<string, T>, id: string, entry: T): void {
    entries.set(id, entry);
    // Only then: finding the first steps over all that were deleted before it.
    if (entries.size <= this.options.max) return;
    const oldest = entries.keys().next();
    if (!oldest.done) entries.delete(oldest.value);
  }
}
