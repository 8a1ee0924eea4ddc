import { resolutionMs, type Counter, type Usage } from '../limit-store';

/** Of a limit, how much one gateway may draw at a time. */
const MOST = 1 / 1024;
/** Of more callers than this, those who have not drawn for longest lose what they have left. */
const MAX_KEPT = 20_000;

/** More is drawn when only this much is left of it, or of its time, so that nobody has to wait for it. */
const LOW = 1 / 4;
/** More than came lately is drawn, but not much more than the last time. */
const SPARE = 1.5;
const GROWTH = 4;

interface Allotment {
  left: number;
  /** How many were drawn. */
  readonly size: number;
  /** Between these it may be used. */
  readonly since: number;
  readonly until: number;
  /** Of the limit when it was drawn. */
  readonly remaining: number;
  readonly resetAt: number;
  /** Drawn already, for when this one is used up. */
  next?: Allotment;
}

/** What somebody needs of one counter: one of those drawn before, or so many of Redis. */
export interface Need {
  readonly counter: Counter;
  readonly many: number;
  readonly allotment?: Allotment;
  /** It is drawn for requests to come, */
  readonly ahead: boolean;
  /** but for the first. */
  readonly now: boolean;
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

  /**
   * Uses one of each; undefined, and none is used, where one of them has none left.
   * @returns also what is running low, to be drawn while there is some left: ends with `settle` or `abandon`
   */
  use(counters: readonly Counter[]): { usages: Usage[]; low: Need[] } | undefined {
    const now = this.now();
    const found: Allotment[] = [];
    for (const counter of counters) {
      const allotment = this.valid(counter, now);
      if (!allotment) return undefined;
      found.push(allotment);
    }
    const low: Need[] = [];
    const usages = found.map((allotment, at) => {
      allotment.left -= 1;
      const counter = counters[at];
      if (counter && isLow(allotment, now) && !this.drawing.has(nameOf(counter))) {
        low.push(this.ahead(counter, allotment, now, false));
      }
      return usageOf(allotment, now);
    });
    return { usages, low };
  }

  /** Whether one that was used may be used again. */
  giveBack(counter: Counter): boolean {
    const allotment = this.kept.get(nameOf(counter));
    if (!allotment || allotment.until <= this.now() || allotment.left >= allotment.size) return false;
    allotment.left += 1;
    return true;
  }

  /** What a request asks Redis for that found some of them used up. Ends with `settle` or `abandon`. */
  need(counters: readonly Counter[]): Need[] {
    const now = this.now();
    return counters.map((counter) => {
      const allotment = this.valid(counter, now);
      if (allotment) {
        allotment.left -= 1;
        return { counter, many: 0, allotment, ahead: false, now: true };
      }
      const name = nameOf(counter);
      if (resolutionMs(counter.policy) === 0 || this.drawing.has(name))
        return { counter, many: 1, ahead: false, now: true };
      return this.ahead(counter, this.kept.get(name), now, true);
    });
  }

  /**
   * Keeps what was drawn ahead.
   * @param askedAt when it was asked for: it is counted until later than that
   */
  settle(needs: readonly Need[], counted: readonly Counted[], askedAt: number): Usage[] {
    const refused = needs.some(({ many }, at) => many > 0 && counted[at]?.usage.allowed !== true);
    if (refused) this.abandon(needs);
    return needs.map(({ counter, allotment, ahead, now }, at) => {
      if (allotment) return usageOf(allotment, askedAt);
      const { usage, many } = counted[at] ?? NOTHING;
      if (!ahead || refused) return usage;
      const left = now ? many - 1 : many;
      this.keep(counter, { many, left }, usage, askedAt);
      return { ...usage, remaining: usage.remaining + left };
    });
  }

  /** Nothing was counted, or nobody knows. */
  abandon(needs: readonly Need[]): void {
    for (const { counter, allotment, ahead } of needs) {
      if (allotment) allotment.left += 1;
      if (ahead) this.drawing.delete(nameOf(counter));
    }
  }

  private ahead(counter: Counter, before: Allotment | undefined, at: number, now: boolean): Need {
    this.drawing.add(nameOf(counter));
    return { counter, many: sizeOf(counter, before, at), ahead: true, now };
  }

  private valid(counter: Counter, now: number): Allotment | undefined {
    const name = nameOf(counter);
    let allotment = this.kept.get(name);
    if (allotment?.next && !isUsable(allotment, now)) {
      allotment = allotment.next;
      this.kept.set(name, allotment);
    }
    return allotment && isUsable(allotment, now) ? allotment : undefined;
  }

  private keep(
    counter: Counter,
    { many, left }: { many: number; left: number },
    usage: Usage,
    since: number,
  ): void {
    const name = nameOf(counter);
    const drawn: Allotment = {
      left,
      size: many,
      since,
      until: since + resolutionMs(counter.policy),
      remaining: usage.remaining,
      resetAt: since + usage.resetMs,
    };
    this.drawing.delete(name);
    const before = this.kept.get(name);
    this.kept.delete(name);
    if (before && isUsable(before, this.now())) {
      before.next = drawn;
      this.kept.set(name, before);
    } else this.kept.set(name, drawn);
    if (this.kept.size <= MAX_KEPT) return;
    const [oldest] = this.kept.keys();
    if (oldest !== undefined) this.kept.delete(oldest);
  }
}

function isUsable({ left, until }: Allotment, now: number): boolean {
  return left > 0 && until > now;
}

function isLow({ left, size, since, until, next }: Allotment, now: number): boolean {
  return next === undefined && (left < size * LOW || until - now < (until - since) * LOW);
}

/** As many as come in the time for which they are drawn, as far as the last ones tell. */
function sizeOf({ policy }: Counter, before: Allotment | undefined, now: number): number {
  if (!before) return 1;
  const share = (before.size - before.left) / Math.max(1, now - before.since);
  const wanted = Math.ceil(share * resolutionMs(policy) * SPARE);
  return Math.max(1, Math.min(wanted, before.size * GROWTH, Math.floor(policy.limit * MOST)));
}

function usageOf({ remaining, left, resetAt }: Allotment, now: number): Usage {
  return { allowed: true, remaining: remaining + left, resetMs: Math.max(0, resetAt - now) };
}

function nameOf({ key, policy }: Counter): string {
  return `${policy.name} ${key}`;
}
