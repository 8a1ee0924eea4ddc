import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { DispatcherHealth } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { Jobs } from '@signalbox/jobs';
import { WebhooksRepository } from '../webhooks/webhooks.repository';

/** Below the operation's own deadline, so that a part that hangs is reported as down and not as a time-out of this service. */
const PROBE_MS = 1_200;

@Injectable()
export class DispatcherHealthService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly webhooks: WebhooksRepository,
  ) {}

  async report(): Promise<DispatcherHealth> {
    const [active, cache] = await Promise.all([
      answered(this.database.ping().then(() => this.webhooks.countActive())),
      this.jobs.kind === 'redis'
        ? answered(this.jobs.ping().then(() => true))
        : Promise.resolve('embedded' as const),
    ]);
    return {
      database: active === null ? 'disconnected' : 'connected',
      cache: cache === 'embedded' ? 'embedded' : cache === null ? 'disconnected' : 'connected',
      webhooks_active: active,
    };
  }
}

/** Null when it fails or takes too long. */
async function answered<T>(work: Promise<T>): Promise<T | null> {
  return await Promise.race([work.catch(() => null), sleep(PROBE_MS, null, { ref: false })]);
}
