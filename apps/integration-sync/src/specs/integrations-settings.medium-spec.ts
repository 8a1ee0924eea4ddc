import { integrationOperations, type IntegrationInput } from '@signalbox/contracts';
import { startSync, type SyncUnderTest } from './sync-for-spec';

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
});
