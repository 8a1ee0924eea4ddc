import type { AlertInput, UsageFilter } from '@signalbox/contracts';
import { changed, problemsOf } from './alert-rule';

const INPUT: AlertInput = {
  name: 'Errors',
  metric: 'error_rate',
  operator: 'gt',
  threshold: 5,
  window_minutes: 5,
};
const problems = (input: object) => {
  const whole = { ...INPUT, ...input };
  return problemsOf(changed(null, whole), whole).map(({ field, key }) => `${field} ${key}`);
};

describe('the rules of alerts', () => {
  it('fills in what is not said', () => {
    expect(changed(null, INPUT)).toEqual({
      isActive: true,
      rule: { ...INPUT, percentile: null, filter: {} },
    });
    expect(changed(null, { ...INPUT, metric: 'response_time' }).rule.percentile).toBe(95);
  });

  it('changes what is said, and forgets a percentile that is of no use', () => {
    const before = changed(null, { ...INPUT, metric: 'response_time', percentile: 99, filter: { key: 'k' } });
    expect(changed(before, { threshold: 7 }).rule).toEqual({ ...before.rule, threshold: 7 });
    expect(changed(before, { is_active: false, filter: { surface: 's' } })).toEqual({
      isActive: false,
      rule: { ...before.rule, filter: { surface: 's' } },
    });
    expect(changed(before, { metric: 'request_count' }).rule.percentile).toBeNull();
  });

  it.each<[string, object]>([
    ['the smallest of everything', { threshold: 0, window_minutes: 1 }],
    ['the largest share', { threshold: 100 }],
    ['the longest time', { window_minutes: 1_440 }],
    ['more than all of a quota', { metric: 'quota_share', threshold: 250, filter: { key: 'k' } }],
    ['a fraction', { threshold: 0.001 }],
    [
      'every filter of requests',
      {
        filter: {
          key: 'k',
          user: 'u',
          endpoint: '/',
          method: 'GET',
          surface: 's',
          status: '5xx',
          project_id: 'p',
        },
      },
    ],
    ['a project for deliveries', { metric: 'webhook_failures', filter: { project_id: 'p' } }],
    ['a percentile', { metric: 'response_time', percentile: 50 }],
    ['the default percentile, said', { metric: 'response_time', percentile: null }],
  ])('takes %s', (_what, input) => {
    expect(problems(input)).toEqual([]);
  });

  it.each<[string, object]>([
    ['name required', { name: undefined }],
    ['name length', { name: '' }],
    ['name length', { name: 'x'.repeat(256) }],
    ['name control_character', { name: 'a\0' }],
    ['name string', { name: 5 }],
    ['metric one_of', { metric: 'weather' }],
    ['metric required', { metric: undefined }],
    ['operator one_of', { operator: 'eq' }],
    ['threshold number', { threshold: '5' }],
    ['threshold number', { threshold: NaN }],
    ['threshold number', { threshold: Infinity }],
    ['threshold min', { threshold: -0.1 }],
    ['threshold max', { threshold: 100.1 }],
    ['threshold max', { metric: 'delivery_success', threshold: 101 }],
    ['threshold max', { metric: 'request_count', threshold: 2e12 }],
    ['window_minutes whole', { window_minutes: 1.5 }],
    ['window_minutes min', { window_minutes: 0 }],
    ['window_minutes max', { window_minutes: 1_441 }],
    ['percentile alert.not_of_metric', { percentile: 95 }],
    ['percentile one_of', { metric: 'response_time', percentile: 42 }],
    ['filter.weather alert.not_of_metric', { filter: { weather: 'x' } as UsageFilter }],
    ['filter.status usage.status', { filter: { status: '9xx' } }],
    ['filter.key length', { filter: { key: '' } }],
    ['filter.key required', { metric: 'quota_share' }],
    ['filter.status alert.not_of_metric', { metric: 'quota_share', filter: { key: 'k', status: '2xx' } }],
    ['filter.key alert.not_of_metric', { metric: 'webhook_failures', filter: { key: 'k' } }],
  ])('names %s', (problem, input) => {
    expect(problems(input)).toEqual([problem]);
  });
});
