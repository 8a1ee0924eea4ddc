import { randomUUID } from 'node:crypto';
import { gauge } from '@signalbox/observability';
import { Redis, type Result } from 'ioredis';
import type { Logger } from 'pino';
import { Breaker } from './breaker';
import { LiveGateways } from './live-gateways';
import { BEAT, GIVE_BACK, TAKE } from './scripts';

const PREFIX = 'signalbox:limit:';
const GATEWAYS = 'signalbox:gateways';
const BEAT_MS = 500;
/** A gateway that has not been heard of for so long is gone. */
const LIVE_MS = 5_000;
/** A connection on which nothing comes back for so long is made anew. */
const SILENT_MS = 3_000;
const CONNECT_MS = 1_000;
const FAILURES = 3;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    signalboxTake(numberOfKeys: number, ...keysAndArgs: (string | number)[]): Result<number[], Context>;
    signalboxGiveBack(numberOfKeys: number, ...keys: string[]): Result<null, Context>;
    signalboxBeat(gateways: string, id: string, liveMs: number): Result<number, Context>;
  }
}

const up = gauge({
  name: 'gateway_limits_shared',
  help: '1 while limits are counted in Redis, 0 while each gateway enforces its share',
});
const live = gauge({ name: 'gateway_live_gateways', help: 'Gateways that share the limits' });

/**
 * Redis as the limits need it: what it does not answer in time is an error, and after a few of those it is not asked until it
 * has answered a heartbeat in time.
 */
export class RedisLink {
  private readonly redis: Redis;
  private readonly breaker = new Breaker(FAILURES);
  private readonly gateways = new LiveGateways();
  private readonly id = randomUUID();
  private readonly beats: NodeJS.Timeout;
  private beating = false;
  private wasUsable = true;
  private closed = false;

  constructor(
    url: string,
    private readonly timeoutMs: number,
    private readonly log: Logger,
  ) {
    this.redis = new Redis(url, {
      connectionName: 'signalbox-limits',
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      // Whatever cannot be asked now is decided without it.
      enableOfflineQueue: false,
      enableReadyCheck: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), 1_000) * (0.75 + Math.random() / 2),
      scripts: {
        signalboxTake: { lua: TAKE },
        signalboxGiveBack: { lua: GIVE_BACK },
        signalboxBeat: { lua: BEAT, numberOfKeys: 1 },
      },
    });
    this.redis.on('error', () => undefined);
    this.redis.on('ready', () => void this.beat());
    this.redis.on('close', () => this.tell());
    this.beats = setInterval(() => void this.beat(), BEAT_MS).unref();
  }

  /** Whether it is worth asking. */
  get usable(): boolean {
    return this.redis.status === 'ready' && !this.breaker.open;
  }

  /** How many gateways share the limits, as last heard. */
  get sharers(): number {
    return this.gateways.count;
  }

  /**
   * @param keys of counters
   * @throws Error when Redis is away, refuses, or does not answer in time; it may have counted then
   */
  async take(keys: readonly string[], args: readonly (string | number)[]): Promise<readonly number[]> {
    try {
      const answer = await this.inTime(
        this.redis.signalboxTake(keys.length, ...keys.map((key) => PREFIX + key), ...args),
      );
      this.breaker.succeeded();
      return answer;
    } catch (error) {
      this.breaker.failed();
      this.tell();
      throw error;
    }
  }

  /** @throws Error when Redis is away, refuses, or does not answer in time; it may have taken them back then */
  async giveBack(keys: readonly string[]): Promise<void> {
    await this.inTime(this.redis.signalboxGiveBack(keys.length, ...keys.map((key) => PREFIX + key)));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.beats);
    // The others' shares grow at once.
    if (this.usable) await this.inTime(this.redis.zrem(GATEWAYS, this.id)).catch(() => undefined);
    this.redis.disconnect();
  }

  /** Also the probe that closes the breaker. */
  private async beat(): Promise<void> {
    if (this.beating || this.closed || this.redis.status !== 'ready') return;
    this.beating = true;
    try {
      this.gateways.heard(await this.inTime(this.redis.signalboxBeat(GATEWAYS, this.id, LIVE_MS)));
      this.breaker.probed();
    } catch {
      this.breaker.failed();
    } finally {
      this.beating = false;
    }
    this.tell();
  }

  private inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // A busy process may have the answer and not have read it yet.
        setImmediate(() => reject(new Error('Redis did not answer in time')));
      }, this.timeoutMs);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  private tell(): void {
    if (this.closed) return;
    const { usable, sharers } = this;
    up.set(usable ? 1 : 0);
    live.set(sharers);
    if (usable === this.wasUsable) return;
    this.wasUsable = usable;
    if (usable) this.log.info({ gateways: sharers }, 'limits are counted in Redis');
    else
      this.log.warn(
        { gateways: sharers },
        'Redis does not answer: this gateway enforces its share of the limits',
      );
  }
}
