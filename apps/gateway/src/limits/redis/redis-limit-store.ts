import type { OnApplicationShutdown } from '@nestjs/common';
import { counter } from '@signalbox/observability';
import { LimitStore, resolutionMs, type Counter, type Usage } from '../limit-store';
import type { MemoryLimitStore } from '../memory-limit-store';
import type { RedisLink } from './redis-link';

/** More requests than this are not asked for at once: Redis does nothing else meanwhile. */
const MAX_BATCH = 64;
const NUMBERS_EACH = 3;

interface Waiting {
  readonly counters: readonly Counter[];
  readonly counting: boolean;
  readonly resolve: (usages: readonly Usage[]) => void;
  readonly reject: (error: unknown) => void;
}

const byShare = counter({
  name: 'gateway_limits_by_share_total',
  help: 'Requests held against this gateway’s share of the limits because Redis did not answer',
});

/**
 * Counts in Redis, together with every other gateway. While Redis does not answer, each gateway enforces its share: the limit
 * by the number of gateways. Requests that come at the same time are asked for in one round trip.
 */
export class RedisLimitStore extends LimitStore implements OnApplicationShutdown {
  private waiting: Waiting[] = [];

  /** @param own what this gateway let in, wherever that was counted */
  constructor(
    private readonly link: RedisLink,
    private readonly own: MemoryLimitStore,
  ) {
    super();
  }

  take(counters: readonly Counter[]): readonly Usage[] | Promise<readonly Usage[]> {
    const alone = () => this.own.take(this.shareOf(counters));
    return this.link.usable ? this.ask(counters, true).catch(alone) : alone();
  }

  peek(counters: readonly Counter[]): readonly Usage[] | Promise<readonly Usage[]> {
    const alone = () => this.own.peek(this.shareOf(counters));
    return this.link.usable ? this.ask(counters, false).catch(alone) : alone();
  }

  onApplicationShutdown(): Promise<void> {
    return this.link.close();
  }

  private shareOf(counters: readonly Counter[]): Counter[] {
    byShare.inc();
    const { sharers } = this.link;
    return counters.map(({ key, policy }) => ({
      key,
      policy: { ...policy, limit: Math.max(1, Math.floor(policy.limit / sharers)) },
    }));
  }

  private ask(counters: readonly Counter[], counting: boolean): Promise<readonly Usage[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ counters, counting, resolve, reject });
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
    for (const { counters, counting } of batch) {
      args.push(counting ? 1 : 0, counters.length);
      for (const { key, policy } of counters) {
        keys.push(`${policy.name}:${key}`);
        args.push(policy.limit, policy.windowSeconds * 1000, resolutionMs(policy));
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
    for (const { counters, counting, resolve } of batch) {
      const usages = counters.map(({ policy }) => {
        const [room = 0, total = 0, resetMs = 0] = answer.slice(at, at + NUMBERS_EACH);
        at += NUMBERS_EACH;
        return { allowed: room === 1, remaining: Math.max(0, policy.limit - total), resetMs };
      });
      if (counting && usages.every(({ allowed }) => allowed)) this.own.note(counters);
      resolve(usages);
    }
  }
}
