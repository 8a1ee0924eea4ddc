import {
  apiKeyOperations,
  DomainError,
  eventOperations,
  type Operation,
  type PublishInput,
} from '@signalbox/contracts';
import { RpcClient, type CallOptions } from '@signalbox/rpc';
import { testLog } from '@signalbox/testing';
import { ADMIN, RunningAuth } from '../running-auth-for-spec';
import { ExpiringKeysRepository } from './expiring-keys.repository';
import { KeyRounds } from './key-rounds';
import { Keys } from './keys-for-spec';
import { SecretsRepository } from './secrets.repository';

interface Published {
  readonly id: string | undefined;
  readonly audience: readonly string[] | null | undefined;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** The dispatcher, as far as it can be seen from here. */
class Dispatcher extends RpcClient {
  readonly published: Published[] = [];
  away = false;

  call<In, Out>(operation: Operation<In, Out>, input: In, options?: CallOptions): Promise<Out> {
    expect(operation).toBe(eventOperations.publish);
    if (this.away) return Promise.reject(new DomainError({ code: 'SERVICE_UNAVAILABLE' }));
    const { event_type: type, data } = input as PublishInput;
    const { idempotencyId: id, principal } = options?.context ?? {};
    this.published.push({
      id,
      type,
      audience: principal?.projects,
      data: JSON.parse(data) as Record<string, unknown>,
    });
    return Promise.resolve({} as Out);
  }
}

describe('the expiry of API keys', () => {
  const DAY = 86_400;
  const log = testLog();
  let auth: RunningAuth;
  let keys: Keys;
  let dispatcher: Dispatcher;
  const rounds = () =>
    new KeyRounds(
      new ExpiringKeysRepository(auth.database),
      new SecretsRepository(auth.database),
      dispatcher,
      7,
      log,
    );
  const toldOf = (id: string) => dispatcher.published.filter(({ data }) => data.api_key_id === id);

  beforeAll(async () => {
    auth = await RunningAuth.start();
    keys = new Keys(auth);
  }, 60_000);

  beforeEach(() => {
    dispatcher = new Dispatcher();
  });

  afterAll(() => auth.stop());

  it('is told ahead, once, however many look, and to nobody whose projects it is not of', async () => {
    const soon = await keys.create({ name: 'soon', expires_in: 6 * DAY, project_ids: ['a'] });
    const anywhere = await keys.create({ expires_in: 60 });
    const others = [
      await keys.create({ expires_in: 8 * DAY }),
      await keys.create(),
      await keys.create({ expires_at: '2020-01-01T00:00:00Z' }),
      await keys.create({ expires_in: DAY }),
    ];
    await auth.call(apiKeyOperations.revoke, { id: others[3]?.id ?? '' }, { principal: ADMIN });
    await Promise.all([rounds().run(), rounds().run()]);
    await rounds().run();
    expect(new Set(toldOf(soon.id).map(({ id }) => id)).size).toBe(1);
    expect(toldOf(soon.id)[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
      type: 'api_key.expiring',
      audience: ['a'],
      data: {
        api_key_id: soon.id,
        name: 'soon',
        key_prefix: soon.key_prefix,
        project_ids: ['a'],
        expires_at: soon.expires_at,
      },
    });
    expect(toldOf(anywhere.id)[0]?.audience).toEqual([]);
    for (const { id } of others) expect(toldOf(id)).toEqual([]);
    expect(JSON.stringify(dispatcher.published)).not.toContain(soon.key);
  });

  it('is told later, as the same event, where it could not be published', async () => {
    const { id } = await keys.create({ expires_in: DAY });
    dispatcher.away = true;
    await rounds().run();
    dispatcher.away = false;
    const [row] = await auth.sql<{ event: string }>(
      'SELECT expiring_event_id AS event FROM api_keys WHERE id = $1',
      [id],
    );
    await rounds().run();
    await rounds().run();
    expect(toldOf(id).map((event) => event.id)).toEqual([row?.event]);
  });

  it('is told again where it was moved', async () => {
    const { id } = await keys.create({ expires_in: DAY });
    await rounds().run();
    await auth.call(apiKeyOperations.update, { id, changes: { expires_in: 2 * DAY } }, { principal: ADMIN });
    await rounds().run();
    await rounds().run();
    const events = toldOf(id).map((event) => event.id);
    expect(events).toHaveLength(2);
    expect(new Set(events).size).toBe(2);
  });

  it('removes secrets whose overlap is over', async () => {
    const { id } = await keys.create();
    await auth.call(apiKeyOperations.rotate, { id, overlap_seconds: 3_600 }, { principal: ADMIN });
    await auth.sql(
      `UPDATE api_key_secrets SET ends_at = now() - interval '1 second' WHERE key_id = $1 AND ends_at IS NOT NULL`,
      [id],
    );
    await rounds().run();
    expect(await auth.sql('SELECT 1 FROM api_key_secrets WHERE key_id = $1', [id])).toHaveLength(1);
  });

  it('does not end the service where the database fails', async () => {
    await auth.sql('ALTER TABLE api_keys RENAME TO hidden');
    await rounds().run();
    await auth.sql('ALTER TABLE hidden RENAME TO api_keys');
    expect(log.lines).toContainEqual(
      expect.objectContaining({ msg: 'What is due of API keys could not be done' }),
    );
  });
});
