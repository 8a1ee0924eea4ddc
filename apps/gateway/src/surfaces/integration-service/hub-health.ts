import { Injectable } from '@nestjs/common';
import {
  type DispatcherHealth,
  type IntegrationsHealth,
  integrationOperations,
  webhookOperations,
} from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { VERSION } from '../../openapi/version';
import type { HealthAnswer } from './health.view';

/** Milliseconds an answer stands: anybody may ask, and asking must stay cheap. */
const FRESH_MS = 1_000;

/** Nothing can be active in a service that this hub does not have; one that it has overwrites its own. */
const NOTHING_THERE = { plugins_installed: 0 };

const UNREACHABLE: DispatcherHealth = {
  database: 'disconnected',
  cache: 'disconnected',
  webhooks_active: null,
};

export interface HealthReport {
  readonly health: HealthAnswer;
  /** What makes it unhealthy, if it is. */
  readonly down?: 'DATABASE_UNAVAILABLE' | 'SERVICE_UNAVAILABLE';
}

/** How the hub is, asked of its services at most once at a time. */
@Injectable()
export class HubHealth {
  private underWay: Promise<HealthReport> | undefined;
  private last: { readonly at: number; readonly report: HealthReport } | undefined;

  constructor(private readonly rpc: RpcClient) {}

  async report(): Promise<HealthReport> {
    if (this.last && performance.now() - this.last.at < FRESH_MS) return this.last.report;
    this.underWay ??= this.ask().finally(() => (this.underWay = undefined));
    return await this.underWay;
  }

  private async ask(): Promise<HealthReport> {
    const [dispatcher, integrations] = await Promise.all([
      this.rpc.call(webhookOperations.health, {}).catch(() => null),
      this.rpc.call(integrationOperations.health, {}).catch(() => null),
    ]);
    const report = reportOf(dispatcher, integrations);
    this.last = { at: performance.now(), report };
    return report;
  }
}

/** What the services said, or null when one did not answer: without integration-sync events are delivered all the same. */
export function reportOf(
  dispatcher: DispatcherHealth | null,
  integrations: IntegrationsHealth | null,
): HealthReport {
  const { database, cache, webhooks_active } = dispatcher ?? UNREACHABLE;
  const down =
    dispatcher === null
      ? 'SERVICE_UNAVAILABLE'
      : database === 'disconnected'
        ? 'DATABASE_UNAVAILABLE'
        : undefined;
  const health: HealthAnswer = {
    status: down ? 'unhealthy' : cache === 'disconnected' || integrations === null ? 'degraded' : 'healthy',
    service: 'integration-service',
    timestamp: new Date().toISOString(),
    version: VERSION,
    database,
    cache,
    ...NOTHING_THERE,
    webhooks_active,
    integrations_active: integrations?.integrations_active ?? null,
  };
  return { health, down };
}
