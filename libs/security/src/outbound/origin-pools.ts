import { Pool, type buildConnector, type Dispatcher } from 'undici';

/** A request as the pools see it: undici's handler of the answer, with what is to be sent. */
export interface Dispatchable extends Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions;
}

export interface PoolOptions {
  readonly connect: buildConnector.connector;
  readonly connectionsPerOrigin: number;
  readonly idleOrigins: number;
  readonly keepAliveTimeoutMs: number;
}

const HEADER_BYTES = 16 * 1024;
/** Longest a connection is kept idle because the server promised to keep it. */
const KEEP_ALIVE_MAX_MS = 30_000;

/**
 * The connections to one origin. Requests over the cap wait here, not in undici's queue: from here one that gave up
 * waiting can be taken out again.
 */
export class OriginPool {
  private readonly pool: Pool;
  private readonly waiting = new Set<Dispatchable>();
  private inFlight = 0;

  constructor(
    readonly origin: string,
    private readonly options: PoolOptions,
    private readonly onBusy: (pool: OriginPool) => void,
    private readonly onIdle: (pool: OriginPool) => void,
    onSpent: (pool: OriginPool) => void,
  ) {
    this.pool = new Pool(origin, {
      connect: options.connect,
      connections: options.connectionsPerOrigin,
      pipelining: 1,
      // The exchange has the one clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEADER_BYTES,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      keepAliveMaxTimeout: Math.max(KEEP_ALIVE_MAX_MS, options.keepAliveTimeoutMs),
    });
    const whenClosed = () => {
      if (this.inFlight === 0 && this.pool.stats.connected === 0) onSpent(this);
    };
    this.pool.on('disconnect', whenClosed);
    this.pool.on('connectionError', whenClosed);
  }

  /** Sends it, or lets it wait for a connection. Ends with one `release`, or with `withdraw` while it waits. */
  submit(request: Dispatchable): void {
    if (this.inFlight === 0) this.onBusy(this);
    if (this.inFlight < this.options.connectionsPerOrigin) this.start(request);
    else this.waiting.add(request);
  }

  /** Sends again what was started before and is not released. */
  dispatch(request: Dispatchable): void {
    this.pool.dispatch(request.options, request);
  }

  /** Does nothing when it waits no more. */
  withdraw(request: Dispatchable): void {
    this.waiting.delete(request);
  }

  release(): void {
    this.inFlight -= 1;
    const [next] = this.waiting;
    if (next !== undefined) {
      this.waiting.delete(next);
      this.start(next);
    } else if (this.inFlight === 0) {
      this.onIdle(this);
    }
  }

  /** Lets what is under way finish; what still waits fails. */
  close(): Promise<void> {
    const closed = this.pool.close();
    const waiting = [...this.waiting];
    this.waiting.clear();
    // A closed pool refuses each at once.
    for (const request of waiting) this.start(request);
    return closed;
  }

  /** Fails whatever is under way. */
  destroy(): Promise<void> {
    return this.pool.destroy();
  }

  private start(request: Dispatchable): void {
    this.inFlight += 1;
    this.dispatch(request);
  }
}

/**
 * A pool for each origin in use. Pools go when their last connection does; beyond `idleOrigins` the one idle for
 * longest goes at once. Busy ones are at most as many as requests under way.
 */
export class OriginPools {
  private readonly pools = new Map<string, OriginPool>();
  /** In the order they fell idle. */
  private readonly idle = new Set<OriginPool>();

  constructor(private readonly options: PoolOptions) {}

  get size(): number {
    return this.pools.size;
  }

  of(origin: string): OriginPool {
    return this.pools.get(origin) ?? this.open(origin);
  }

  /** Hands all pools over: from now on they are the caller's to close. */
  takeAll(): OriginPool[] {
    const all = [...this.pools.values()];
    this.pools.clear();
    this.idle.clear();
    return all;
  }

  private open(origin: string): OriginPool {
    const pool = new OriginPool(origin, this.options, this.onBusy, this.onIdle, this.drop);
    this.pools.set(origin, pool);
    return pool;
  }

  private readonly onBusy = (pool: OriginPool): void => {
    this.idle.delete(pool);
  };

  private readonly onIdle = (pool: OriginPool): void => {
    this.idle.add(pool);
    if (this.idle.size <= this.options.idleOrigins) return;
    const [longest] = this.idle;
    if (longest !== undefined) this.drop(longest);
  };

  private readonly drop = (pool: OriginPool): void => {
    // A pool reports again while it closes.
    if (this.pools.get(pool.origin) !== pool) return;
    this.pools.delete(pool.origin);
    this.idle.delete(pool);
    void pool.close();
  };
}
