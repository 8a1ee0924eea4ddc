import {
  AUDIT_BATCH_MOST,
  auditOperations,
  SYSTEM,
  type AuditEntry,
  type DomainErrorData,
} from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Rounds, type RpcClient } from '@signalbox/rpc';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { refusalEntry } from './refusal';

/** Entries kept while they cannot be handed over: some 10 MB. */
const HELD_MOST = 10_000;
const EVERY_MS = 500;
const CALL_MS = 5_000;
/** Of nobody in particular, whom no limit binds: whoever is shut out must not fill the log. */
const ANONYMOUS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

const dropped = counter({
  name: 'signalbox_audit_refusals_dropped_total',
  help: 'Refused calls that are not on record, by reason: full, flood (of nobody in particular) or shutdown',
  labelNames: ['reason'],
});

/**
 * Puts refused calls on record: hands them over in batches, off the path of any request. An entry bears an id and is stored once, so
 * that a batch may be sent until somebody says that it is stored.
 */
export class RefusalRecorder {
  private readonly waiting: AuditEntry[] = [];
  private readonly rounds: Rounds;
  private minute = 0;
  private anonymous = 0;

  constructor(
    private readonly rpc: RpcClient,
    private readonly log: Logger,
  ) {
    this.rounds = new Rounds(
      EVERY_MS,
      (signal) => this.handOver(signal),
      (error) =>
        this.log.warn({ err: error }, 'Refused calls could not be put on record; trying again shortly'),
    );
    this.rounds.start();
  }

  /** @param error what the call was refused with, and `data` what it says */
  note(request: FastifyRequest, error: unknown, data: DomainErrorData): void {
    const entry = refusalEntry(request, error, data);
    if (entry.actor_id === null && this.floods()) dropped.inc({ reason: 'flood' });
    else if (this.waiting.length >= HELD_MOST) dropped.inc({ reason: 'full' });
    else this.waiting.push(entry);
  }

  /** Hands over what is left; within that many milliseconds or not at all. */
  async close(withinMs: number): Promise<void> {
    const closeBy = Date.now() + withinMs;
    await this.rounds.stop();
    while (this.waiting.length > 0 && Date.now() < closeBy) {
      await this.sendSome(closeBy - Date.now()).catch(
        () => new Promise((resolve) => setTimeout(resolve, 200)),
      );
    }
    if (this.waiting.length === 0) return;
    this.log.error(
      { entries: this.waiting.length },
      'Refused calls are not on record: nobody took them in time',
    );
    dropped.inc({ reason: 'shutdown' }, this.waiting.length);
    this.waiting.length = 0;
  }

  private async handOver(signal: AbortSignal): Promise<void> {
    while (this.waiting.length > 0 && !signal.aborted) await this.sendSome(CALL_MS);
  }

  private async sendSome(withinMs: number): Promise<void> {
    const entries = this.waiting.slice(0, AUDIT_BATCH_MOST);
    await this.rpc.call(
      auditOperations.store,
      { entries },
      { context: { principal: SYSTEM }, deadlineMs: Math.max(1, Math.min(withinMs, CALL_MS)) },
    );
    this.waiting.splice(0, entries.length);
  }

  private floods(): boolean {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.anonymous = 0;
    }
    this.anonymous += 1;
    return this.anonymous > ANONYMOUS_PER_MINUTE;
  }
}
