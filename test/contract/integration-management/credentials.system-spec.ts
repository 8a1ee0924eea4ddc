import { randomUUID } from 'node:crypto';
import { startReceiver, until, type Receiver } from '@signalbox/testing';
import type { Answer } from '../answer';
import { useOwnHub } from '../own-hub';
import { MASK } from '../samples';
import { BASE, makeIntegration, stripe, tested, type Integration } from './integrations';

const hub = useOwnHub();
const AUDIT = '/api/v1/admin/integration/audit-logs';
let provider: Receiver;

beforeAll(async () => {
  // A provider that repeats what it was sent.
  provider = await startReceiver({
    respond: ({ headers }) => ({ status: 401, body: JSON.stringify({ id: headers.authorization }) }),
  });
});
afterAll(() => provider.close());

test('credentials and secrets of a configuration show nowhere, on no surface and in no log', async () => {
  const [first, second, inConfiguration, refused] = [1, 2, 3, 4].map(() => randomUUID());
  const configuration = { ...stripe(provider.url).configuration, webhook_secret: inConfiguration };
  const made = await makeIntegration(hub, { configuration, credentials: { api_key: first } });
  const path = `${BASE}/${made.id}`;
  await tested(hub, made.id);
  const answers: Answer[] = [
    await hub.call('PUT', path, { body: { credentials: { api_key: second, note: second } } }),
    await hub.call('PUT', path, { body: { credentials: { api_key: second }, nobody: refused } }),
    await hub.call('PUT', path, { body: { credentials: { api_key: [refused] } } }),
    await hub.call('PUT', path, { body: `{"credentials": {"api_key": "${refused}"` }),
    await hub.call('POST', `${path}/test`),
    await hub.call('GET', path),
    await hub.call('GET', `${BASE}?limit=100`),
    await hub.call('GET', `${path}/status`),
    await hub.call('GET', `${path}/versions`),
    await hub.call('GET', `${path}/activities`),
    await hub.call('GET', '/metrics'),
    await hub.call('GET', '/api/v1/admin/integration/usage-logs?limit=100'),
    await until('it is on record', 20_000, async () => {
      const logs = await hub.call('GET', `${AUDIT}?resource_id=${made.id}&limit=100`);
      return logs.text.includes('integrations.update') && logs.text.includes('integrations.test') && logs;
    }),
    await hub.call('GET', `${AUDIT}/export?format=csv&resource_id=${made.id}`),
    await hub.call('DELETE', path),
  ];
  expect(answers.at(-1)).toMatchObject({ status: 204 });
  expect(answers[5]?.text).toContain(`"webhook_secret":"${MASK}"`);
  expect(answers[12]?.text).toContain(`"credentials":"${MASK}"`);
  for (const secret of [first, second, inConfiguration, refused]) {
    for (const { text } of answers) expect(text).not.toContain(secret);
    for (const line of hub.logged()) expect(line).not.toContain(secret);
  }
  const sent = provider.requests.map(({ headers }) => headers.authorization);
  expect(sent).toEqual(expect.arrayContaining([`Bearer ${first}`, `Bearer ${second}`]));
});

test('what somebody else gave is masked in the answer to whoever changes something else', async () => {
  const made = await makeIntegration(hub, { configuration: { client_secret: 'hidden-client-secret' } });
  expect(made.configuration).toEqual({ client_secret: 'hidden-client-secret' });
  const { text, body } = await hub.call<Integration>('PUT', `${BASE}/${made.id}`, {
    body: { name: 'Other' },
  });
  expect(body.configuration).toEqual({ client_secret: MASK });
  expect(text).not.toContain('hidden-client-secret');
});
