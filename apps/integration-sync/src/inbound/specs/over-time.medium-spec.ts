import { AuditOutbox } from '@signalbox/audit';
import { type Database, idFloor, newId } from '@signalbox/database';
import { testLog } from '@signalbox/testing';
import { startDatabase } from '../../specs/database-for-spec';
import { InboundEventEntity } from '../events/inbound-event.entity';
import { InboundEventsRepository } from '../events/events.repository';
import { InboundRetention } from '../events/retention';
import { LastDay } from '../figures/last-day';

const DAY_MS = 86_400_000;

describe('what came in, over time', () => {
  let database: Database;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ database, stop } = await startDatabase());
  }, 60_000);

  afterAll(() => stop());

  async function endpoint(): Promise<string> {
    const [integration, id] = [newId(), newId()];
    await database.query(
      `INSERT INTO integrations (id, name, type, provider, status, environment, created_by)
       VALUES ($1, 'x', 'CUSTOM', 'generic', 'ACTIVE', 'test', 'x')`,
      [integration],
    );
    await database.query(
      `INSERT INTO inbound_endpoints (id, integration_id, name, path, secret, is_active, verify_signature,
         signature_header, allowed_ips, rules, created_by)
       VALUES ($1, $2, 'x', $3, 'x', true, true, 'x', '{}', '[]', 'x')`,
      [id, integration, id],
    );
    return id;
  }

  async function event(endpointId: string, daysAgo: number, status: string): Promise<string> {
    const at = new Date(Date.now() - daysAgo * DAY_MS);
    const id = `${idFloor(at).slice(0, 14)}${newId().slice(14)}`;
    await database.query(
      `INSERT INTO inbound_events (id, endpoint_id, provider, event_type, event, parts, method, url, headers, body, status,
         received_at)
       VALUES ($1, $2, 'generic', 'generic.x', 'x', 1, 'POST', 'x', '[]', '', $3, $4)`,
      [id, endpointId, status, at],
    );
    return id;
  }

  it('removes what is old and has ended, and what has no endpoint any more', async () => {
    const [one, gone] = [await endpoint(), newId()];
    const kept = [
      await event(one, 29, 'processed'),
      await event(one, 0, 'failed'),
      await event(one, 40, 'pending'),
    ];
    await event(one, 31, 'processed');
    await event(one, 400, 'failed');
    await event(gone, 0, 'pending');
    const rows = database.dataSource.getRepository(InboundEventEntity);
    const events = new InboundEventsRepository(rows, database, new AuditOutbox(database));
    await new InboundRetention(events, 30, testLog()).run();
    const { rows: left } = await database.query<{ id: string }>('SELECT id FROM inbound_events');
    expect(left.map(({ id }) => id).sort()).toEqual(kept.sort());
  });

  it('is counted for 24 hours, what is over only once', async () => {
    await database.query('DELETE FROM inbound_events');
    const one = await endpoint();
    const lastDay = new LastDay(database);
    await event(one, 1.1, 'processed');
    for (const daysAgo of [0.9, 0.5, 0.01]) await event(one, daysAgo, 'processed');
    const fresh = await event(one, 0, 'pending');
    expect(await lastDay.count()).toBe(4);
    await database.query('DELETE FROM inbound_events WHERE id < $1', [fresh]);
    await event(one, 0, 'pending');
    expect(await lastDay.count()).toBe(5);
    expect(await lastDay.count(Date.now() + 0.4 * DAY_MS)).toBe(4);
    expect(await lastDay.count(Date.now() + 1.1 * DAY_MS)).toBe(0);
  });
});
