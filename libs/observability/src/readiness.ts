import { ServiceUnavailableException } from '@nestjs/common';
import type { HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { Logger } from 'pino';

/** A part that must be there for the app to serve. */
export interface Check {
  readonly name: string;
  /** Rejects while the part is down; bounded by the caller. */
  probe(): Promise<void>;
}

export interface ReadinessReport {
  readonly status: 'ok' | 'error' | 'shutting_down';
  /** Names of the checks that failed or did not answer in time. */
  readonly down: readonly string[];
}

const PROBE_MS = 2_000;
/** Anyone may ask a public port for the readiness: the parts are asked once a second at most. */
const REMEMBERED_MS = 1_000;

/**
 * What an app needs in order to serve, and whether it still wants to. Share one between every face that reports it, and
 * call `beginShutdown` as the first act of stopping.
 */
export class Readiness {
  private readonly known = new Set<string>();
  private readonly underWay = new Set<string>();
  private stopping = false;

  constructor(
    private readonly checks: readonly Check[],
    private readonly log?: Logger,
  ) {}

  static of(checks: Readiness | readonly Check[], log?: Logger): Readiness {
    return checks instanceof Readiness ? checks : new Readiness(checks, log);
  }

  /** From now on not ready, so that nobody sends new work. */
  beginShutdown(): void {
    this.stopping = true;
  }

  /** Settles within two seconds and a little, whatever the checks do. Says names only: why is in the log. */
  async report(health: HealthCheckService, indicators: HealthIndicatorService): Promise<ReadinessReport> {
    const { error } = await outcome(
      health.check(
        this.checks.map((check) =>
          indicators
            .check(check.name)
            .attempt(() => this.probe(check))
            .withTimeout(PROBE_MS)
            .cacheFor(REMEMBERED_MS),
        ),
      ),
    );
    this.logChanges(error ?? {});
    const down = Object.keys(error ?? {});
    if (this.stopping) return { status: 'shutting_down', down };
    return { status: down.length === 0 ? 'ok' : 'error', down };
  }

  /** A probe that never comes back is not started a second time. */
  private async probe(check: Check): Promise<void> {
    if (this.underWay.has(check.name)) throw new Error('the probe before has not come back');
    this.underWay.add(check.name);
    try {
      await check.probe();
    } finally {
      this.underWay.delete(check.name);
    }
  }

  private logChanges(down: NonNullable<HealthCheckResult['error']>): void {
    for (const [name, result] of Object.entries(down)) {
      if (!this.known.has(name)) this.log?.warn({ check: name, reason: result?.message }, 'a part is down');
    }
    for (const name of this.known) {
      if (!(name in down)) this.log?.info({ check: name }, 'a part is back');
    }
    this.known.clear();
    for (const name of Object.keys(down)) this.known.add(name);
  }
}

/** Terminus tells a failed check by throwing the answer it would give. */
async function outcome(checking: Promise<HealthCheckResult>): Promise<HealthCheckResult> {
  try {
    return await checking;
  } catch (error) {
    if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
    throw error;
  }
}
