import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DomainError,
  SYSTEM,
  USAGE_BATCH_MOST,
  usageOperations,
  type ErrorCode,
  type UsageBatch,
  type UsageRecord,
} from '@signalbox/contracts';
import { counter, gauge } from '@signalbox/observability';
import type { RpcClient } from '@signalbox/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { usageRecord } from './usage-record';

/** Records kept while they cannot be sent: some 20 MB. */
const HELD_MOST = 50_000;
/** How long records are gathered before they are sent, or until there are so many: writing more at once would hold requests up. */
const GATHER_MS = 500;
const GATHER_MOST = 250;
const RETRY_MS = 250;
const RETRY_MOST_MS = 5_000;
const CLOSING_RETRY_MS = 200;
/** What the service refuses so often will not be stored by trying again. */
const REFUSALS_MOST = 5;
/** The service or its database is away: nothing is wrong with the batch. */
const AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'SERVICE_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'DATABASE_UNAVAILABLE',
]);

const held = gauge({
  name: 'signalbox_usage_records_held',
  help: 'Records of requests that this gateway has not yet handed over',
});
const batches = counter({
  name: 'signalbox_usage_batches_total',
  help: 'Batches of records that this gateway sent, by outcome: stored, retried or refused',
  labelNames: ['outcome'],
});
const dropped = counter({
  name: 'signalbox_usage_records_dropped_total',
  help: 'Records of requests that were lost, by reason: full, refused or shutdown',
  labelNames: ['reason'],
});

/**
 * Notes each request once it has ended and hands the notes over in batches, off the path of any request. A batch keeps its id until it
 * is known to be stored, so that it counts once. While it cannot be handed over a bounded number is kept, the oldest.
 */
export class UsageRecorder {
  private readonly waiting: UsageRecord[] = [];
  private batch: UsageBatch | undefined;
  private refusals = 0;
  private resting = false;
  private closeBy: number | undefined;
  private hurry: () => void = () => undefined;
  // Started here, so that it runs in the scope of no request.
  private readonly loop = this.run();

  constructor(
    private readonly rpc: RpcClient,
    private readonly log: Logger,
  ) {}

  /** Notes the request when it has ended, whether it was answered or its caller left. */
  watch(request: FastifyRequest, reply: FastifyReply): void {
    reply.raw.once('close', () => {
      const record = usageRecord(request, reply);
      if (record) this.add(record);
    });
  }

  add(record: UsageRecord): void {
    if (this.held >= HELD_MOST) {
      dropped.inc({ reason: 'full' });
      return;
    }
    this.waiting.push(record);
    held.inc();
    if (this.waiting.length >= GATHER_MOST && !this.resting) this.hurry();
  }

  /** Hands over what is left; within that many milliseconds or not at all. */
  async close(withinMs: number): Promise<void> {
    this.closeBy = Date.now() + withinMs;
    this.hurry();
    // A call that began before may take longer than there is time.
    await Promise.race([this.loop, sleep(withinMs + CLOSING_RETRY_MS, undefined, { ref: false })]);
    if (this.held === 0) return;
    this.log.error({ records: this.held }, 'Records of requests were lost: nobody took them in time');
    dropped.inc({ reason: 'shutdown' }, this.held);
    held.dec(this.held);
    this.waiting.length = 0;
    this.batch = undefined;
  }

  private get held(): number {
    return this.waiting.length + (this.batch?.records.length ?? 0);
  }

  private get done(): boolean {
    return this.closeBy !== undefined && (this.held === 0 || Date.now() >= this.closeBy);
  }

  private async run(): Promise<void> {
    // The fields are not there before the constructor has ended.
    await Promise.resolve();
    let failures = 0;
    while (!this.done) {
      await this.pause(failures);
      this.batch ??= this.next();
      if (!this.batch) continue;
      failures = (await this.settled(this.batch)) ? 0 : failures + 1;
    }
  }

  /** Until there is something to do; after a failure longer each time, and not cut short by what comes in. */
  private async pause(failures: number): Promise<void> {
    const closing = this.closeBy !== undefined;
    if (failures === 0 && (closing || this.waiting.length >= GATHER_MOST)) return;
    const wanted = failures === 0 ? GATHER_MS : Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MOST_MS);
    this.resting = failures > 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, closing ? Math.min(wanted, CLOSING_RETRY_MS) : wanted);
      timer.unref();
      this.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.resting = false;
  }

  private next(): UsageBatch | undefined {
    if (this.waiting.length === 0) return undefined;
    // Where many wait there was an outage, and few large batches are stored sooner than many small ones.
    const many = Math.max(GATHER_MOST, Math.floor(this.waiting.length / 4));
    return { id: randomUUID(), records: this.waiting.splice(0, Math.min(many, USAGE_BATCH_MOST)) };
  }

  /** True when the batch is stored or given up. */
  private async settled(batch: UsageBatch): Promise<boolean> {
    try {
      const deadlineMs = this.closeBy === undefined ? undefined : Math.max(1, this.closeBy - Date.now());
      await this.rpc.call(usageOperations.store, batch, { context: { principal: SYSTEM }, deadlineMs });
      batches.inc({ outcome: 'stored' });
    } catch (error) {
      if (!this.givesUp(error)) {
        batches.inc({ outcome: 'retried' });
        return false;
      }
      this.log.error(
        { err: error, records: batch.records.length },
        'Records of requests were refused and are lost',
      );
      batches.inc({ outcome: 'refused' });
      dropped.inc({ reason: 'refused' }, batch.records.length);
    }
    this.refusals = 0;
    // Counted as lost already where nobody waited for it any more.
    if (this.batch !== batch) return true;
    this.batch = undefined;
    held.dec(batch.records.length);
    return true;
  }

  private givesUp(error: unknown): boolean {
    if (error instanceof DomainError && AWAY.has(error.code)) return false;
    this.refusals += 1;
    return this.refusals >= REFUSALS_MOST;
  }
}
