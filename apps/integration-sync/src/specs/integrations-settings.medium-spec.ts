import { integrationOperations, type IntegrationInput } from '@signalbox/contracts';
import { MASK } from '@signalbox/security';
import { startSync, type SyncUnderTest } from './sync-for-spec';

const API = 'http://127.0.0.1:9';

describe('settings of integrations', () => {
  let sync: SyncUnderTest;

  beforeAll(async () => {
    sync = await startSync();
  }, 60_000);
  afterAll(async () => {
    await sync.stop();
    await sync.drop();
  });

  const make = (settings: Pick<IntegrationInput, 'configuration' | 'credentials'>) =>
    sync.call(integrationOperations.create, { name: 'Code', type: 'CODE_REPOSITORY', ...settings });
  const refused = (...fields: object[]) => ({ code: 'VALIDATION_FAILED', data: { fields } });

  it.each([
    ['a list', ['https://x.example.com'], 'string'],
    ['null', null, 'string'],
    ['nothing', '', 'pattern'],
    ['a space before it', ' https://x.example.com', 'pattern'],
    ['a query', 'https://x.example.com/?x', 'pattern'],
    ['a fragment', 'https://x.example.com/#x', 'pattern'],
    ['another protocol', 'ftp://x.example.com', 'pattern'],
    ['a long text', `https://x.example.com/${'x'.repeat(2_048)}`, 'max_length'],
    ['a private address', 'http://10.0.0.1', 'field.url_private_address'],
  ])('take %s for no address, whatever it is called', async (_what, address, key) => {
    for (const provider of ['github', 'gitea', 'generic'])
      for (const name of ['base_url', 'api_url'])
        await expect(make({ configuration: { provider, [name]: address } })).rejects.toMatchObject({
          code: 'VALIDATION_FAILED',
          data: {
            fields: expect.arrayContaining([
              expect.objectContaining({ field: `configuration.${name}`, key }),
            ]) as unknown,
          },
        });
  });

  it('are refused where they could not be shown whole', async () => {
    const values = Array.from({ length: 10_000 }, () => 0);
    const configuration = { provider: 'github', base_url: API };
    const key = 'field.schema_too_large';
    await expect(make({ configuration: { ...configuration, values } })).rejects.toMatchObject(
      refused({ field: 'configuration', key }),
    );
    await expect(make({ configuration, credentials: { values } })).rejects.toMatchObject(
      refused({ field: 'credentials', key }),
    );
    const { id } = await make({ configuration });
    await expect(
      sync.call(integrationOperations.update, {
        id,
        changes: { configuration: { ...configuration, values } },
      }),
    ).rejects.toMatchObject(refused({ field: 'configuration', key }));
  });

  it('stay what they are when they are sent back as they are shown, and never become the mask', async () => {
    const configuration = {
      provider: 'github',
      base_url: API,
      rows: [
        [
          { name: 'a', token: 'of a' },
          { name: 'b', token: 'of b' },
        ],
      ],
    };
    const { id } = await make({ configuration });
    const { configuration: shown } = await sync.call(integrationOperations.get, { id });
    expect(shown.rows).toEqual([
      [
        { name: 'a', token: MASK },
        { name: 'b', token: MASK },
      ],
    ]);
    const change = (rows: unknown) =>
      sync.call(integrationOperations.update, { id, changes: { configuration: { ...shown, rows } } });
    expect(await change(shown.rows)).toMatchObject({ version: 1 });
    for (const rows of [[[{ name: 'b', token: MASK }]], [[{ name: 'a', token: 'new' }, { token: MASK }]]])
      await expect(change(rows)).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        data: { fields: [{ key: 'masked' }] },
      });
    expect(await sync.call(integrationOperations.get, { id })).toMatchObject({ version: 1 });
    expect(await change([])).toMatchObject({ version: 2 });
  });
});
