import { randomUUID } from 'node:crypto';
import { usageOperations, type UsageRecord } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import type { RunningAuth } from '../running-auth-for-spec';
import { ROLL_UP_LOCK } from './usage-rollup.repository';

export const WEBHOOKS = '/api/v1/webhooks';

export function record(fields: Partial<UsageRecord> = {}): UsageRecord {
  return {
    time: new Date().toISOString(),
    request_id: randomUUID(),
    method: 'GET',
    endpoint: WEBHOOKS,
    surface: 'integration-service',
    status: 200,
    duration_us: 1_500,
    bytes_in: 0,
    bytes_out: 100,
    caller_kind: 'api_key',
    caller_id: 'key-1',
    caller_name: 'Production Key',
    project_id: null,
    error_code: null,
    address: '203.0.113.7',
    ...fields,
  };
}

/** Stores records as a gateway would. */
export function store(
  auth: RunningAuth,
  records: readonly UsageRecord[],
  id: string = randomUUID(),
  replica = 0,
): Promise<{ stored: number }> {
  return auth.call(usageOperations.store, { id, records }, {}, replica);
}

/** Everything stored so far is part of the sums. */
export async function rolledUp(auth: RunningAuth): Promise<void> {
  await until('nothing waits to be rolled up', 20_000, async () => {
    const waiting = await auth.sql('SELECT 1 FROM usage_batches WHERE NOT rolled_up LIMIT 1');
    return waiting.length === 0;
  });
}

/** Not truncated: that would lock whole tables, in another order than the service which is at work. */
export async function forgetUsage(auth: RunningAuth): Promise<void> {
  const tables = ['usage_batches', 'usage_logs', 'usage_rollups', 'usage_callers'];
  // One transaction, and no sums are made meanwhile.
  await auth.sql(
    [`SELECT pg_advisory_xact_lock(${ROLL_UP_LOCK})`, ...tables.map((table) => `DELETE FROM ${table}`)].join(
      ';',
    ),
  );
}
