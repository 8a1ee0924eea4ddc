import { Injectable } from '@nestjs/common';
import {
  webhookOperations,
  type AlertMetric,
  type AttemptCounts,
  type UsageFilter,
} from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { UsageRollupRepository } from '../usage/usage-rollup.repository';
import { UsageSumsRepository, type SumsQuery } from '../usage/usage-sums.repository';
import { perCent, rounded } from './alert-condition';
import type { DueAlert } from './due-alerts.repository';
import { KeyLimitsRepository } from './key-limits.repository';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const COUNTS_MS = 5_000;
/** Where the dispatcher did not answer, so long nobody waits for it: other rules are due too. */
const AWAY_MS = 10_000;
/** Refused because of the limit, which counts what it let in. */
const OVER_LIMIT = '429';

type Value = number | null;

/** What there is to compare with a threshold. */
@Injectable()
export class AlertFigures {
  private awayUntil = 0;

  constructor(
    private readonly sums: UsageSumsRepository,
    private readonly rollups: UsageRollupRepository,
    private readonly keys: KeyLimitsRepository,
    private readonly rpc: RpcClient,
  ) {}

  /**
   * The value of the rule's metric in its window, in the metric's unit; null where there was nothing to measure.
   * @throws where it cannot be known at the moment
   */
  async value(alert: DueAlert): Promise<Value> {
    const value = await this.read[alert.metric](alert);
    return value === null ? null : rounded(value);
  }

  private readonly read: Readonly<Record<AlertMetric, (alert: DueAlert) => Promise<Value>>> = {
    error_rate: async (alert) => {
      const { status, ...others } = alert.filter;
      const query = await this.requestsOf(alert, others);
      if (status === undefined) {
        const { requests, failed } = await this.sums.counts(query);
        return perCent(failed, requests);
      }
      const [failed, all] = await Promise.all([
        this.sums.requests({ ...query, filter: alert.filter }),
        this.sums.requests(query),
      ]);
      return perCent(failed, all);
    },

    response_time: async (alert) => {
      const [figures] = await this.sums.figures(await this.requestsOf(alert), [], 1);
      return figures?.[`p${alert.percentile ?? 95}`] ?? null;
    },

    request_count: async (alert) => this.sums.requests(await this.requestsOf(alert)),

    quota_share: async (alert) => {
      const limit = await this.keys.limitOf(alert.filter.key ?? '');
      if (limit === null) return null;
      const query = await this.requestsOf(alert);
      const [all, refused] = await Promise.all([
        this.sums.requests(query),
        this.sums.requests({ ...query, filter: { ...alert.filter, status: OVER_LIMIT } }),
      ]);
      return perCent(all - refused, (limit * alert.windowMinutes) / HOUR_MINUTES);
    },

    webhook_failures: async (alert) => (await this.attempts(alert)).failed,

    delivery_success: async (alert) => {
      const { succeeded, failed } = await this.attempts(alert);
      return perCent(succeeded, succeeded + failed);
    },
  };

  /** @throws Error while requests of that time are not yet part of the sums */
  private async requestsOf(alert: DueAlert, filter: UsageFilter = alert.filter): Promise<SumsQuery> {
    if (await this.rollups.waitsBefore(alert.until))
      throw new Error('The requests of that time are not all summed up yet');
    return { ...windowOf(alert), grain: 'minute', filter, only: null };
  }

  private async attempts(alert: DueAlert): Promise<AttemptCounts> {
    if (Date.now() < this.awayUntil) throw new Error('The webhook-dispatcher did not answer a moment ago');
    const { from, to } = windowOf(alert);
    try {
      return await this.rpc.call(
        webhookOperations.attemptCounts,
        { from: from.toISOString(), to: to.toISOString(), project_id: alert.filter.project_id },
        { deadlineMs: COUNTS_MS },
      );
    } catch (error) {
      this.awayUntil = Date.now() + AWAY_MS;
      throw error;
    }
  }
}

function windowOf({ until, windowMinutes }: DueAlert): { from: Date; to: Date } {
  return { from: new Date(until.getTime() - windowMinutes * MINUTE_MS), to: until };
}
