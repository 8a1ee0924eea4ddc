import type { OnApplicationShutdown } from '@nestjs/common';
import { counter } from '@signalbox/observability';
import { LimitStore, resolutionMs, type Counter, type Usage } from '../limit-store';
import type { MemoryLimitStore } from '../memory-limit-store';
import { Allotments, type Counted, type Need } from './allotments';
import type { RedisLink } from './redis-link';

/** More requests than this are not asked for at once: Redis does nothing else meanwhile. */
const MAX_BATCH = 64;
const NUMBERS_EACH = 4;

interface Waiting {
  readonly asked: readonly { readonly counter: Counter; readonly many: number }[];
  readonly resolve: (counted: readonly Counted[]) => void;
  readonly reject: (error: unknown) => void;
}

const byShare = counter({
  name: 'gateway_limits_by_share_total',
  help: 'Requests held against this gateway’s share of the limits because Redis did not answer',
});

/**
 * Counts in Redis, together with every other gateway. While Redis does not answer, each gateway enforces its share: the limit
 * by the number of gateways. Requests that come at the same time are asked for in one round trip, and where all limits that bind a
 * caller are large, room for his next ones is drawn ahead.
 */
export class RedisLimitStore extends LimitStore implements OnApplicationShutdown {
  private readonly allotments = new Allotments();
  private waiting: Waiting[] = [];

  /** @param own what this gateway let in, wherever that was counted */
  constructor(
    private readonly link: RedisLink,
    private readonly own: MemoryLimitStore,
  ) {
    super();
  }

  take(counters: readonly Counter[]): readonly Usage[] | Promise<readonly Usage[]> {
    if (!this.link.usable) return this.takeAlone(counters);
    const drawn = this.allotments.use(counters);
    if (!drawn) return this.draw(counters).catch(() => this.takeAlone(counters));
    this.own.note(counters);
    // Whoever needs it and finds none asks again.
    if (drawn.low.length > 0) void this.meet(drawn.low).catch(() => undefined);
    return drawn.usages;
  }

  peek(counters: readonly Counter[]): readonly Usage[] | Promise<readonly Usage[]> {
    const alone = () => this.own.peek(this.shareOf(counters));
    if (!this.link.usable) return alone();
    return this.ask(counters.map((counter) => ({ counter, many: 0 }))).then(
      (counted) => counted.map(({ usage }) => usage),
      alone,
    );
  }

  giveBack(counters: readonly Counter[]): void {
    this.own.giveBack(counters);
    if (!this.link.usable) return;
    const counted = counters.filter((counter) => !this.allotments.giveBack(counter));
    const exact = counted.filter(({ policy }) => resolutionMs(policy) === 0);
    if (exact.length > 0) void this.link.giveBack(exact.map(keyOf)).catch(() => undefined);
  }

  onApplicationShutdown(): Promise<void> {
    return this.link.close();
  }

  private takeAlone(counters: readonly Counter[]): readonly Usage[] {
    return this.own.take(this.shareOf(counters));
  }

  private shareOf(counters: readonly Counter[]): Counter[] {
    byShare.inc();
    const { sharers } = this.link;
    return counters.map(({ key, policy }) => ({
      key,
      policy: { ...policy, limit: Math.max(1, Math.floor(policy.limit / sharers)) },
    }));
  }

  private async draw(counters: readonly Counter[]): Promise<readonly Usage[]> {
    const usages = await this.meet(this.allotments.need(counters));
    if (usages.every(({ allowed }) => allowed)) this.own.note(counters);
    return usages;
  }

  private async meet(needs: readonly Need[]): Promise<readonly Usage[]> {
    const askedAt = performance.now();
    try {
      return this.allotments.settle(needs, await this.ask(needs), askedAt);
    } catch (error) {
      this.allotments.abandon(needs);
      throw error;
    }
  }

  private ask(asked: Waiting['asked']): Promise<readonly Counted[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked, resolve, reject });
      // What was read from other sockets in the same turn goes along.
      if (this.waiting.length === 1) setImmediate(() => this.send());
      else if (this.waiting.length === MAX_BATCH) this.send();
    });
  }

  private send(): void {
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length === 0) return;
    const keys: string[] = [];
    const args: number[] = [];
    for (const { asked } of batch) {
      args.push(asked.length);
      for (const { counter, many } of asked) {
        const { policy } = counter;
        keys.push(keyOf(counter));
        args.push(policy.limit, policy.windowSeconds * 1000, resolutionMs(policy), many);
      }
    }
    this.link.take(keys, args).then(
      (answer) => this.settle(batch, answer),
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }

  private settle(batch: readonly Waiting[], answer: readonly number[]): void {
    let at = 0;
    for (const { asked, resolve } of batch) {
      resolve(
        asked.map(({ counter }) => {
          const [room = 0, total = 0, resetMs = 0, many = 0] = answer.slice(at, at + NUMBERS_EACH);
          at += NUMBERS_EACH;
          const remaining = Math.max(0, counter.policy.limit - total);
          return { usage: { allowed: room === 1, remaining, resetMs }, many };
        }),
      );
    }
  }
}

function keyOf({ key, policy }: Counter): string {
  return `${policy.name}:${key}`;
}
