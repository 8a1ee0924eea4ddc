import { isRetry, type Claim } from './claim';

export interface LaneLimits {
  /** Attempts under way at once, over all endpoints. */
  readonly concurrency: number;
  /** Of those, to one endpoint. */
  readonly endpointConcurrency: number;
  /** Deliveries of one endpoint held in memory. */
  readonly endpointBacklog: number;
  /** Deliveries held in memory, over all endpoints. */
  readonly backlog: number;
  /** Characters of bodies held in memory. */
  readonly backlogSize: number;
}

/** What an attempt said about its endpoint: `answered` opens the lane wider, `silent` (time-out, no connection) narrows it. */
export type LaneSignal = 'answered' | 'silent';

const INITIAL_WIDTH = 8;
const MAX_IDLE_LANES = 10_000;

class Lane {
  readonly firsts: Claim[] = [];
  readonly retries: Claim[] = [];
  underWay = 0;
  retriesUnderWay = 0;
  queued = false;
  private retryWasLast = false;

  constructor(
    readonly webhookId: string,
    public width: number,
  ) {}

  get size(): number {
    return this.firsts.length + this.retries.length;
  }

  /** While both wait they take turns, and retries get at most half of the lane. */
  next(): Claim | undefined {
    if (this.underWay >= this.width) return undefined;
    const retryMayStart =
      this.retriesUnderWay < Math.max(1, Math.floor(this.width / 2)) && !this.retryWasLast;
    const takeRetry = this.firsts.length === 0 || (this.retries.length > 0 && retryMayStart);
    this.retryWasLast = takeRetry;
    return takeRetry ? this.retries.shift() : this.firsts.shift();
  }
}

/**
 * One lane for each endpoint, so that one that hangs delays nobody else. A lane's width follows what the endpoint bears:
 * it starts narrow, widens with every answer, halves with every silence.
 */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly ready: Lane[] = [];
  private underWay = 0;
  private held = 0;
  private heldSize = 0;
  private stopped = false;
  private idleListeners: (() => void)[] = [];

  constructor(
    private readonly limits: LaneLimits,
    /** Makes the attempt; must not throw. */
    private readonly attempt: (claim: Claim) => Promise<LaneSignal>,
    /** Called when the backlog has run low. */
    private readonly hungry: () => void,
  ) {}

  get stats(): { underWay: number; held: number; lanes: number } {
    return { underWay: this.underWay, held: this.held, lanes: this.lanes.size };
  }

  /** True while more may be held in memory. */
  get hasRoom(): boolean {
    return !this.stopped && this.held < this.limits.backlog && this.heldSize < this.limits.backlogSize;
  }

  /** Endpoints that have enough waiting in memory already. */
  saturated(): string[] {
    const full: string[] = [];
    for (const lane of this.lanes.values()) {
      if (lane.size >= this.limits.endpointBacklog) full.push(lane.webhookId);
    }
    return full;
  }

  enqueue(claims: readonly Claim[]): void {
    for (const claim of claims) {
      const lane = this.laneOf(claim.webhookId);
      (isRetry(claim) ? lane.retries : lane.firsts).push(claim);
      this.held += 1;
      this.heldSize += claim.body.length;
      this.makeReady(lane);
    }
    this.pump();
  }

  /** Starts nothing more; resolves when everything under way has ended. What was held stays claimed. */
  stop(): Promise<void> {
    this.stopped = true;
    if (this.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleListeners.push(resolve));
  }

  private laneOf(webhookId: string): Lane {
    let lane = this.lanes.get(webhookId);
    if (lane === undefined) {
      if (this.lanes.size >= MAX_IDLE_LANES) this.forgetIdle();
      lane = new Lane(webhookId, Math.min(INITIAL_WIDTH, this.limits.endpointConcurrency));
      this.lanes.set(webhookId, lane);
    }
    return lane;
  }

  private forgetIdle(): void {
    for (const lane of this.lanes.values()) {
      if (lane.size === 0 && lane.underWay === 0) this.lanes.delete(lane.webhookId);
    }
  }

  private makeReady(lane: Lane): void {
    if (lane.queued || lane.size === 0 || lane.underWay >= lane.width) return;
    lane.queued = true;
    this.ready.push(lane);
  }

  /** Takes one from each ready lane in turn. */
  private pump(): void {
    while (!this.stopped && this.underWay < this.limits.concurrency) {
      const lane = this.ready.shift();
      if (lane === undefined) break;
      lane.queued = false;
      const claim = lane.next();
      if (claim !== undefined) this.start(lane, claim);
      this.makeReady(lane);
    }
    if (!this.stopped && this.held < this.limits.backlog / 4) this.hungry();
  }

  private start(lane: Lane, claim: Claim): void {
    const retry = isRetry(claim);
    this.held -= 1;
    this.heldSize -= claim.body.length;
    this.underWay += 1;
    lane.underWay += 1;
    if (retry) lane.retriesUnderWay += 1;
    void this.attempt(claim).then((signal) => {
      this.underWay -= 1;
      lane.underWay -= 1;
      if (retry) lane.retriesUnderWay -= 1;
      lane.width =
        signal === 'answered'
          ? Math.min(this.limits.endpointConcurrency, lane.width + 1)
          : Math.max(1, Math.floor(lane.width / 2));
      this.makeReady(lane);
      this.pump();
      if (this.underWay === 0) for (const listener of this.idleListeners.splice(0)) listener();
    });
  }
}
