import {
  AUDIT_BATCH_MOST,
  auditOperations,
  type AuditEntry,
  type AuditEntryView,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { until } from '@signalbox/testing';
import { ADMIN, type RunningAuth } from '../running-auth-for-spec';

export function entry(fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId(),
    time: new Date().toISOString(),
    action: 'webhooks.update',
    outcome: 'done',
    reason: 'none',
    actor_kind: 'user',
    actor_id: 'u-1',
    actor_name: 'alice',
    resource_type: 'webhook',
    resource_id: 'w-1',
    before: { name: 'a', n: 1.0 },
    after: { name: 'ü', list: [1, 2] },
    address: '203.0.113.7',
    agent: 'curl/8',
    surface: 'administration',
    request_id: 'r-1',
    ...fields,
  };
}

export async function store(auth: RunningAuth, entries: readonly AuditEntry[], replica = 0): Promise<number> {
  let stored = 0;
  for (let at = 0; at < entries.length; at += AUDIT_BATCH_MOST) {
    const batch = entries.slice(at, at + AUDIT_BATCH_MOST);
    stored += (await auth.call(auditOperations.store, { entries: batch }, {}, replica)).stored;
  }
  return stored;
}

/** Until every entry has its place; answers how many there are. */
export async function allChained(auth: RunningAuth): Promise<number> {
  let total = 0;
  await until('every entry has its place', 15_000, async () => {
    const [count] = await auth.sql<{ total: number; waiting: number }>(
      'SELECT count(*)::integer AS total, (count(*) FILTER (WHERE seq IS NULL))::integer AS waiting FROM audit_entries',
    );
    total = count?.total ?? 0;
    return count?.waiting === 0;
  });
  return total;
}

/** Newest first. */
export async function entriesAbout(
  auth: RunningAuth,
  resourceId: string,
): Promise<readonly AuditEntryView[]> {
  const { items } = await auth.call(
    auditOperations.list,
    { resource_id: resourceId, page: 1, size: 100 },
    { principal: ADMIN },
  );
  return items;
}
