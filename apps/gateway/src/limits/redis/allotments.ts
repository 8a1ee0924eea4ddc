import { resolutionMs, type Counter, type Usage } from '../limit-store';

/** Of a limit, how much one gateway may draw at a time. */
const MOST = 1 / 1024;
/** Of more callers than this, those who have not drawn for longest lose what they have left. */
const MAX_KEPT = 20_000;

interface Allotment {
  left: number;
  /** How many were drawn, or would have been enough. */
  size: number;
  /** When what is left is worth nothing any more. */
  readonly until: number;
  /** Of the limit when it was drawn. */
  readonly remaining: number;
  readonly resetAt: number;
}

/** What one request needs of one counter: one of those drawn before, or so many of Redis. */
export interface Need {
  readonly counter: Counter;
  readonly many: number;
  readonly allotment?: Allotment;
  /** What is not used by this request is kept for others. */
  readonly ahead: boolean;
}

/** What Redis said of one counter, and how many it counted. */
export interface Counted {
  readonly usage: Usage;
  readonly many: number;
}

const NOTHING: Counted = { usage: { allowed: false, remaining: 0, resetMs: 0 }, many: 0 };

/**
 * Room in large limits, drawn in Redis for requests to come: as many as came lately. What is drawn counts until the end of
 * the time in which it may be used, so that no window lets in more than its limit; what is not used is lost, a
 * thousandth of the limit at most. Limits that are counted exactly are never drawn ahead.
 */
export class Allotments {
  /** In the order in which they were drawn. */
  private readonly kept = new Map<string, Allotment>();
  private readonly drawing = new Set<string>();

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Uses one of each; undefined, and none is used, where one of them has none left. */
  use(counters: readonly Counter[]): Usage[] | undefined {
    const now = this.now();
    const found: Allotment[] = [];
    for (const counter of counters) {
      const allotment = this.valid(counter, now);
      if (!allotment) return undefined;
      found.push(allotment);
    }
    return found.map((allotment) => {
      allotment.left -= 1;
      return usageOf(allotment, now);
    });
  }

  /** What a request asks Redis for that found some of them used up. Ends with `settle` or `abandon`. */
  need(counters: readonly Counter[]): Need[] {
    const now = this.now();
    return counters.map((counter) => {
      const allotment = this.valid(counter, now);
      if (allotment) {
        allotment.left -= 1;
        return { counter, many: 0, allotment, ahead: false };
      }
      const name = nameOf(counter);
      if (resolutionMs(counter.policy) === 0 || this.drawing.has(name))
        return { counter, many: 1, ahead: false };
      this.drawing.add(name);
      return { counter, many: this.sizeOf(counter, this.kept.get(name)), ahead: true };
    });
  }

  /**
   * Keeps what was drawn ahead.
   * @param askedAt when it was asked for: it is counted until later than that
   */
  settle(needs: readonly Need[], counted: readonly Counted[], askedAt: number): Usage[] {
    const refused = needs.some(({ many }, at) => many > 0 && counted[at]?.usage.allowed !== true);
    if (refused) this.abandon(needs);
    return needs.map(({ counter, allotment, ahead }, at) => {
      if (allotment) return usageOf(allotment, askedAt);
      const { usage, many } = counted[at] ?? NOTHING;
      if (ahead && !refused) this.keep(counter, many, usage, askedAt);
      return ahead && !refused ? { ...usage, remaining: usage.remaining + many - 1 } : usage;
    });
  }

  /** Nothing was counted, or nobody knows. */
  abandon(needs: readonly Need[]): void {
    for (const { counter, allotment, ahead } of needs) {
      if (allotment) allotment.left += 1;
      if (ahead) this.drawing.delete(nameOf(counter));
    }
  }

  private valid(counter: Counter, now: number): Allotment | undefined {
    const allotment = this.kept.get(nameOf(counter));
    return allotment && allotment.left > 0 && allotment.until > now ? allotment : undefined;
  }

  private sizeOf({ policy }: Counter, before: Allotment | undefined): number {
    if (!before) return 1;
    // Used up in time: more come than were drawn. Else as many as came.
    const size = before.left === 0 ? before.size * 2 : before.size - before.left;
    return Math.max(1, Math.min(size, Math.floor(policy.limit * MOST)));
  }

  private keep(counter: Counter, many: number, usage: Usage, askedAt: number): void {
    const name = nameOf(counter);
    this.drawing.delete(name);
    this.kept.delete(name);
    this.kept.set(name, {
      left: many - 1,
      size: many,
      until: askedAt + resolutionMs(counter.policy),
      remaining: usage.remaining,
      resetAt: askedAt + usage.resetMs,
    });
    if (this.kept.size <= MAX_KEPT) return;
    const [oldest] = this.kept.keys();
    if (oldest !== undefined) this.kept.delete(oldest);
  }
}

function usageOf({ remaining, left, resetAt }: Allotment, now: number): Usage {
  return { allowed: true, remaining: remaining + left, resetMs: Math.max(0, resetAt - now) };
}

function nameOf({ key, policy }: Counter): string {
  return `${policy.name} ${key}`;
}
