import {
  AUDIT_EXPORT_BATCH,
  auditOperations,
  type AuditEntryView,
  type AuditFilter,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { ADMIN, refusal, RunningAuth } from '../running-auth-for-spec';
import { entry, store } from './audit-for-spec';

const CONTEXT = { principal: ADMIN };

describe('reading the audit log', () => {
  let auth: RunningAuth;
  const entries = [
    entry({ time: '2026-01-01T00:00:00.000Z' }),
    entry({ time: '2026-01-02T00:00:00.000Z', actor_id: 'u-2', action: 'users.update' }),
    entry({
      time: '2026-01-03T00:00:00.000Z',
      outcome: 'refused',
      surface: 'automation',
      resource_id: 'w-2',
    }),
    entry({ time: '2026-01-04T00:00:00.000Z', resource_type: 'user', request_id: 'r-2' }),
  ];
  beforeAll(async () => {
    auth = await RunningAuth.start();
    await store(auth, entries);
  }, 60_000);
  afterAll(() => auth.stop());

  const list = (filter: AuditFilter, page = 1, size = 100) =>
    auth.call(
      auditOperations.list,
      { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z', ...filter, page, size },
      CONTEXT,
    );

  it('gives back what came in', async () => {
    const [first] = entries;
    const found = await auth.call(auditOperations.get, { id: first?.id ?? '' }, CONTEXT);
    expect(found).toEqual({ ...first, seq: found.seq, hash: found.hash });
    for (const id of [newId(), 'nonsense'])
      expect(await refusal(auth.call(auditOperations.get, { id }, CONTEXT))).toMatchObject({
        code: 'NOT_FOUND',
      });
  });

  it.each<[AuditFilter, number[]]>([
    [{}, [3, 2, 1, 0]],
    [{ from: '2026-01-02T00:00:00.000Z', to: '2026-01-04T00:00:00.000Z' }, [2, 1]],
    [{ actor: 'u-2' }, [1]],
    [{ action: 'users.update' }, [1]],
    [{ resource_type: 'user' }, [3]],
    [{ resource_id: 'w-2' }, [2]],
    [{ outcome: 'refused' }, [2]],
    [{ surface: 'automation' }, [2]],
    [{ request_id: 'r-2' }, [3]],
    [{ actor: 'u-1', outcome: 'done', request_id: 'r-1' }, [0]],
    [{ actor: `' OR true --` }, []],
  ])('finds by %j', async (filter, found) => {
    const { items, total } = await list(filter);
    expect(items.map(({ id }) => id)).toEqual(found.map((n) => entries[n]?.id));
    expect(total).toBe(found.length);
  });

  it('a page at a time', async () => {
    const page = await list({}, 2, 3);
    expect(page).toMatchObject({ total: 4, page: 2, size: 3, items: [{ id: entries[0]?.id }] });
  });

  it('all of it, oldest first, in batches', async () => {
    const more = Array.from({ length: AUDIT_EXPORT_BATCH * 2 }, () => entry({ request_id: 'many' }));
    await store(auth, more);
    const seen: AuditEntryView[] = [];
    for (let after: { time: string; id: string } | null = null; ;) {
      const batch: readonly AuditEntryView[] = await auth.call(
        auditOperations.export,
        { request_id: 'many', after },
        CONTEXT,
      );
      seen.push(...batch);
      const last = batch.at(-1);
      if (!last || batch.length < AUDIT_EXPORT_BATCH) break;
      after = { time: last.time, id: last.id };
    }
    expect(seen.map(({ id }) => id)).toEqual(
      [...more].sort((a, b) => (a.time + a.id < b.time + b.id ? -1 : 1)).map(({ id }) => id),
    );
  });

  it('is for administrators who are confined to nothing', async () => {
    const confined = { kind: 'api_key', id: 'k', name: 'k', scopes: ['admin'], projects: ['p'] } as const;
    const viewer = { ...ADMIN, role: 'viewer' } as const;
    for (const principal of [confined, viewer]) {
      for (const call of [
        auth.call(auditOperations.list, { page: 1, size: 1 }, { principal }),
        auth.call(auditOperations.get, { id: entries[0]?.id ?? '' }, { principal }),
        auth.call(auditOperations.export, { after: null }, { principal }),
      ])
        expect(await refusal(call)).toMatchObject({ code: 'FORBIDDEN' });
    }
  });
});
