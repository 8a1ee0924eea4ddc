import type { UsageFilter } from '../usage';

/** What each is measured in: per cent, milliseconds, or a plain count. */
export const ALERT_UNITS = {
  /** Of the requests, those answered with 400 or above, or with the status of the filter. */
  error_rate: '%',
  /** The percentile of the rule. */
  response_time: 'ms',
  request_count: 'count',
  /** Attempts of deliveries that failed. */
  webhook_failures: 'count',
  /** Of what its limit lets an API key do in that time, what it did. */
  quota_share: '%',
  /** Of the attempts of deliveries, those that succeeded. */
  delivery_success: '%',
} as const satisfies Readonly<Record<string, '%' | 'ms' | 'count'>>;
export type AlertMetric = keyof typeof ALERT_UNITS;
export const ALERT_METRICS = Object.keys(ALERT_UNITS) as readonly AlertMetric[];

export const ALERT_OPERATORS = ['gt', 'gte', 'lt', 'lte'] as const;
export type AlertOperator = (typeof ALERT_OPERATORS)[number];

export const ALERT_PERCENTILES = [50, 95, 99] as const;
export type AlertPercentile = (typeof ALERT_PERCENTILES)[number];
export const ALERT_DEFAULT_PERCENTILE: AlertPercentile = 95;

export const ALERT_STATES = ['ok', 'firing'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** Why the state changed. */
export const ALERT_REASONS = ['evaluated', 'deactivated', 'deleted'] as const;
export type AlertReason = (typeof ALERT_REASONS)[number];

export const ALERT_LIMITS = {
  name: 255,
  threshold: 1e12,
  /** Per cent, where no more is possible. */
  share: 100,
  windowMinutes: 1_440,
  /** Rules there may be. */
  alerts: 200,
  /** Days that the changes of a rule's state are kept. */
  historyDays: 30,
} as const;

/** When somebody wants to be told. */
export interface AlertRule {
  readonly name: string;
  readonly metric: AlertMetric;
  readonly operator: AlertOperator;
  /** In the unit of the metric. */
  readonly threshold: number;
  /** Whole minutes that have ended. */
  readonly window_minutes: number;
  /** Null for metrics that have none. */
  readonly percentile: AlertPercentile | null;
  readonly filter: UsageFilter;
}

export interface AlertInput extends Omit<AlertRule, 'percentile' | 'filter'> {
  readonly percentile?: AlertPercentile | null;
  readonly filter?: UsageFilter;
  readonly is_active?: boolean;
}

export interface AlertView extends AlertRule {
  readonly id: string;
  readonly unit: (typeof ALERT_UNITS)[AlertMetric];
  readonly is_active: boolean;
  readonly state: AlertState;
  /** When that state began; null for a rule that has not been evaluated. */
  readonly since: string | null;
  /** As of the last evaluation; null where there was nothing to measure. */
  readonly last_value: number | null;
  readonly last_evaluated_at: string | null;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A change of a rule's state, which is an event `system.alert` of the same id. */
export interface AlertChangeView {
  readonly id: string;
  readonly state: AlertState;
  readonly reason: AlertReason;
  readonly value: number | null;
  readonly threshold: number;
  readonly at: string;
  /** Whether its event has been published. */
  readonly published: boolean;
}

/** The data of `system.alert`. */
export interface AlertEventData extends AlertRule {
  readonly alert_id: string;
  readonly status: 'firing' | 'resolved';
  readonly reason: AlertReason;
  readonly value: number | null;
  readonly unit: (typeof ALERT_UNITS)[AlertMetric];
  readonly firing_since: string;
  /** Null while it fires. */
  readonly resolved_at: string | null;
}
