import { notice } from './notice';

/** Names under which the figures of integrations are published, whichever process measures them. */
export const PUBLISHED_FIGURES: readonly string[] = [
  'integrations_by_status',
  'integrations_by_type',
  'total_webhooks',
  'active_webhooks',
  'total_webhook_events',
  'processed_webhook_events',
  'pending_webhook_events',
  'webhook_events_last_24h',
  'webhook_processing_time',
  'integration_connection_tests',
  'webhook_events_processed',
];

/** A figure as the process that measures it tells it. */
export interface ToldFigure {
  readonly name: string;
  readonly help: string;
  /** What a gauge says is the same of every process that tells it; of the other kinds each tells its part. */
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly values: readonly ToldValue[];
}

export interface ToldValue {
  /** Where it is another than the figure's: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** What a process has measured so far; told every few seconds, so that gateways can show it. */
export const figuresTold = notice<{ instance: string; figures: readonly ToldFigure[] }>(
  'figures.told',
  'everyone',
);
