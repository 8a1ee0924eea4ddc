import {
  ALERT_DEFAULT_PERCENTILE,
  ALERT_LIMITS,
  ALERT_METRICS,
  ALERT_OPERATORS,
  ALERT_PERCENTILES,
  ALERT_UNITS,
  STATUS_FILTER,
  type AlertChangeView,
  type AlertInput,
  type AlertMetric,
  type AlertRule,
  type AlertView,
  type FieldProblem,
  type UsageFilter,
} from '@signalbox/contracts';
import { isStorable } from '../text';
import type { AlertEntity } from './alert.entity';
import type { AlertChange } from './alert-changes.repository';

const OF_REQUESTS = ['key', 'user', 'endpoint', 'method', 'surface', 'status', 'project_id'] as const;
const FILTER_TEXT_MOST = 255;

/** By what each metric can be narrowed down. */
const FILTERS: Readonly<Record<AlertMetric, readonly (keyof UsageFilter)[]>> = {
  error_rate: OF_REQUESTS,
  response_time: OF_REQUESTS,
  request_count: OF_REQUESTS,
  webhook_failures: ['project_id'],
  quota_share: ['key'],
  delivery_success: ['project_id'],
};
/** Shares of which there cannot be more than all. */
const SHARES: readonly AlertMetric[] = ['error_rate', 'delivery_success'];

export type AlertFields = Pick<AlertEntity, 'isActive'> & { readonly rule: AlertRule };

/** What the input makes of what is there; of nothing, where the rule is new. */
export function changed(before: AlertFields | null, input: Partial<AlertInput>): AlertFields {
  const { is_active, percentile, ...given } = input;
  const merged = { ...before?.rule, ...defined(given) } as Omit<AlertRule, 'percentile'>;
  const wanted = percentile ?? before?.rule.percentile ?? ALERT_DEFAULT_PERCENTILE;
  return {
    isActive: is_active ?? before?.isActive ?? true,
    rule: {
      name: merged.name,
      metric: merged.metric,
      operator: merged.operator,
      threshold: merged.threshold,
      window_minutes: merged.window_minutes,
      percentile: merged.metric === 'response_time' ? wanted : null,
      filter: defined(merged.filter ?? {}),
    },
  };
}

/** @param input what was asked for, beside what came of it: what is ignored must not be asked for */
export function problemsOf({ rule }: AlertFields, input: Partial<AlertInput>): FieldProblem[] {
  const { name, metric, operator, threshold, window_minutes, percentile, filter } = rule;
  const kinds = [
    ...text('name', name, ALERT_LIMITS.name),
    ...oneOf('metric', metric, ALERT_METRICS),
    ...oneOf('operator', operator, ALERT_OPERATORS),
    ...(percentile === null ? [] : oneOf('percentile', percentile, ALERT_PERCENTILES)),
  ];
  if (kinds.length > 0) return kinds;
  const most = SHARES.includes(metric) ? ALERT_LIMITS.share : ALERT_LIMITS.threshold;
  return [
    ...range('threshold', threshold, 0, most),
    ...(Number.isInteger(window_minutes)
      ? range('window_minutes', window_minutes, 1, ALERT_LIMITS.windowMinutes)
      : [{ field: 'window_minutes', key: 'whole' }]),
    ...(typeof input.percentile === 'number' && metric !== 'response_time'
      ? [{ field: 'percentile', key: 'alert.not_of_metric', params: { metric } }]
      : []),
    ...filterProblems(metric, filter),
  ];
}

function filterProblems(metric: AlertMetric, filter: UsageFilter): FieldProblem[] {
  const problems = Object.entries(filter).flatMap(([name, value]: [string, string]) => {
    const field = `filter.${name}`;
    if (!FILTERS[metric].includes(name as keyof UsageFilter))
      return [{ field, key: 'alert.not_of_metric', params: { metric } }];
    if (name === 'status' && !STATUS_FILTER.test(value)) return [{ field, key: 'usage.status' }];
    return text(field, value, FILTER_TEXT_MOST);
  });
  const keyless = metric === 'quota_share' && filter.key === undefined;
  return keyless ? [...problems, { field: 'filter.key', key: 'required' }] : problems;
}

function text(field: string, value: unknown, max: number): FieldProblem[] {
  if (value === undefined) return [{ field, key: 'required' }];
  if (typeof value !== 'string') return [{ field, key: 'string' }];
  if (value.length < 1 || value.length > max) return [{ field, key: 'length', params: { min: 1, max } }];
  return isStorable(value) ? [] : [{ field, key: 'control_character' }];
}

function oneOf(field: string, value: unknown, known: readonly unknown[]): FieldProblem[] {
  if (value === undefined) return [{ field, key: 'required' }];
  return known.includes(value) ? [] : [{ field, key: 'one_of', params: { values: known.join(', ') } }];
}

function range(field: string, value: unknown, min: number, max: number): FieldProblem[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [{ field, key: 'number' }];
  if (value < min) return [{ field, key: 'min', params: { min } }];
  return value > max ? [{ field, key: 'max', params: { max } }] : [];
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

type RuleColumns = Pick<
  AlertEntity,
  'name' | 'metric' | 'operator' | 'threshold' | 'windowMinutes' | 'percentile' | 'filter'
>;

export function ruleOf(alert: RuleColumns): AlertRule {
  return {
    name: alert.name,
    metric: alert.metric,
    operator: alert.operator,
    threshold: alert.threshold,
    window_minutes: alert.windowMinutes,
    percentile: alert.percentile,
    filter: alert.filter,
  };
}

export function alertView(alert: AlertEntity): AlertView {
  return {
    id: alert.id,
    ...ruleOf(alert),
    unit: ALERT_UNITS[alert.metric],
    is_active: alert.isActive,
    state: alert.state,
    since: alert.since?.toISOString() ?? null,
    last_value: alert.lastValue,
    last_evaluated_at: alert.lastEvaluatedAt?.toISOString() ?? null,
    created_by: alert.createdBy,
    created_at: alert.createdAt.toISOString(),
    updated_at: alert.updatedAt.toISOString(),
  };
}

export function alertChangeView({ id, state, reason, value, rule, at, told }: AlertChange): AlertChangeView {
  return { id, state, reason, value, threshold: rule.threshold, at: at.toISOString(), published: told };
}
