import { randomBytes } from 'node:crypto';
import { inboundEndpointOperations } from '@signalbox/contracts';
import { newId, resealAll } from '@signalbox/database';
import { SecretBox } from '@signalbox/security';
import { until } from '@signalbox/testing';
import { integrationsDatabase } from '../database';
import { openSecret, sealSecret } from '../inbound/endpoints/sealing';
import { startSync, type SyncUnderTest } from './sync-for-spec';

const [OLD, NEW] = [1, 2].map(() => randomBytes(32).toString('base64')) as [string, string];

describe('while the master key is being changed', () => {
  let sync: SyncUnderTest;

  beforeAll(async () => {
    sync = await startSync({ ENCRYPTION_KEYS: `1:${OLD},2:${NEW}` });
  }, 60_000);

  afterAll(async () => {
    await sync.stop();
    await sync.drop();
  });

  async function endpointUnderOldKey(): Promise<string> {
    const integration_id = newId();
    await sync.sql(
      `INSERT INTO integrations (id, name, type, provider, status, environment, created_by)
       VALUES ($1, 'GitHub', 'CODE_REPOSITORY', 'github', 'ACTIVE', 'test', 'u-admin')`,
      [integration_id],
    );
    const { id } = await sync.call(inboundEndpointOperations.create, { integration_id, name: 'GitHub' });
    await sync.sql('UPDATE inbound_endpoints SET secret = $2 WHERE id = $1', [
      id,
      sealSecret(new SecretBox(OLD), id, 'first'),
    ]);
    return id;
  }

  it.each([
    [
      'rotated',
      (id: string) => sync.call(inboundEndpointOperations.rotateSecret, { id, overlap_seconds: 60 }),
    ],
    [
      'replaced',
      (id: string) =>
        sync.call(inboundEndpointOperations.update, {
          id,
          changes: { secret: 'second', overlap_seconds: 60 },
        }),
    ],
  ])(
    'a secret that is %s at that moment needs the older key no more afterwards',
    async (_how, change) => {
      const id = await endpointUnderOldKey();
      const ring = new SecretBox(NEW, [OLD]);
      const resealing = await sync.database.pool.connect();
      await resealing.query('BEGIN');
      await resealing.query('SELECT FROM inbound_endpoints WHERE id = $1 FOR UPDATE', [id]);
      const changing = change(id);
      try {
        await until('it has read the secret', 10_000, async () => {
          const waiting = await sync.sql(
            `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE%inbound_endpoints%'
             AND datname = current_database()`,
          );
          return waiting.length === 1;
        });
        await resealing.query('UPDATE inbound_endpoints SET secret = $2 WHERE id = $1', [
          id,
          sealSecret(ring, id, 'first'),
        ]);
        await resealing.query('COMMIT');
      } finally {
        resealing.release();
      }
      await changing;
      const [row] = await sync.sql<{ secret: string; previous_secret: string }>(
        'SELECT secret, previous_secret FROM inbound_endpoints WHERE id = $1',
        [id],
      );
      const fresh = new SecretBox(NEW);
      expect(openSecret(fresh, { id, secret: row?.previous_secret ?? '' })).toBe('first');
      expect(openSecret(fresh, { id, secret: row?.secret ?? '' })).not.toBe('first');
      expect(await resealAll(sync.database, integrationsDatabase, ring)).toBe(0);
    },
    30_000,
  );
});
