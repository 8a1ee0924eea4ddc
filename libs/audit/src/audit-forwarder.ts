import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { AUDIT_BATCH_MOST, auditOperations, SYSTEM, type ServiceName } from '@signalbox/contracts';
import { counter, gauge } from '@signalbox/observability';
import { Rounds, type RpcClient } from '@signalbox/rpc';
import type { Logger } from 'pino';
import type { AuditOutbox } from './audit-outbox';

const EVERY_MS = 1_000;
const CALL_MS = 5_000;

const forwarded = counter({
  name: 'signalbox_audit_forwarded_total',
  help: 'Entries of the audit log that this service handed over',
  labelNames: ['service'],
});
const lag = gauge({
  name: 'signalbox_audit_outbox_lag_seconds',
  help: 'Age of the oldest entry of the audit log that the service has not handed over',
  labelNames: ['service'],
});

/**
 * Hands entries over to the service that keeps the audit log, and forgets them once it has them. It stores each once, so replicas may
 * do the same at once, and one that dies in between loses and doubles nothing.
 */
export class AuditForwarder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    EVERY_MS,
    (signal) => this.forward(signal),
    (error) =>
      this.log.warn(
        { err: error },
        'Entries of the audit log could not be handed over; trying again shortly',
      ),
  );

  constructor(
    private readonly service: ServiceName,
    private readonly outbox: AuditOutbox,
    private readonly rpc: RpcClient,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  private async forward(signal: AbortSignal): Promise<void> {
    for (;;) {
      const entries = await this.outbox.oldest();
      lag.set({ service: this.service }, entries.length === 0 ? 0 : await this.outbox.lagSeconds());
      if (entries.length === 0) return;
      await this.rpc.call(
        auditOperations.store,
        { entries },
        { context: { principal: SYSTEM }, deadlineMs: CALL_MS },
      );
      await this.outbox.remove(entries.map(({ id }) => id));
      forwarded.inc({ service: this.service }, entries.length);
      if (entries.length < AUDIT_BATCH_MOST || signal.aborted) return;
    }
  }
}
