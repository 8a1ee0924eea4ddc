import { randomUUID } from 'node:crypto';
import { startReceiver, until, type Receiver, type Reply } from '@signalbox/testing';
import { BASE } from './administration/webhooks';
import { useOwnHub } from './own-hub';
import { MASK, WEBHOOK } from './samples';

const hub = useOwnHub();
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver({
    respond: ({ url }): Reply =>
      url === '/fails'
        ? { status: 500, headers: { 'set-cookie': 'sid=hidden-cookie' }, body: 'no' }
        : { status: 200, headers: { 'x-auth-token': 'hidden-token' }, body: 'ok' },
  });
});
afterAll(() => receiver.close());

const S0 = '/api/v1/webhooks';
const S1 = `${BASE}/webhooks`;

interface Made {
  readonly content?: { readonly id: string; readonly secret: string };
  readonly data?: { readonly id: string; readonly secret: string };
}

describe.each([
  [S0, '/works'],
  [S1, '/fails'],
])('a webhook made at %s whose receiver is at %s', (path, receiverPath) => {
  test('shows its secrets in the answer that made them, and nowhere ever after', async () => {
    const project_id = hub.project();
    const hidden = randomUUID();
    const headers = {
      Authorization: `Bearer ${hidden}`,
      'X-API-Key': hidden,
      Cookie: `sid=${hidden}`,
      'Ocp-Apim-Subscription-Key': hidden,
      'X-Plain': 'shown',
    };
    const masked = {
      ...Object.fromEntries(Object.keys(headers).map((name) => [name, MASK])),
      'X-Plain': 'shown',
    };
    const made = await hub.call<Made>('POST', path, {
      body: { ...WEBHOOK, url: receiver.url + receiverPath, project_id, headers },
    });
    const { id, secret } = made.body.content ?? made.body.data ?? { id: '', secret: '' };
    expect(secret).toMatch(/^whsec_.{40,}$/);
    expect(made.body.content ?? made.body.data).toMatchObject({ headers: masked });
    expect(made.text).not.toContain(hidden);

    await hub.call('POST', `${S0}/events/task.created`, { body: { project_id } });
    const deliveries = await until('an attempt is logged', 10_000, async () => {
      const { text } = await hub.call('GET', `${S1}/${id}/deliveries`);
      return text.includes('"number":1') && text;
    });
    expect(deliveries).toContain(`"Authorization":"${MASK}"`);
    expect(deliveries).toContain(`"webhook-signature":"${MASK}"`);
    expect(deliveries).toContain('"X-Plain":"shown"');
    const changed = randomUUID();
    const answers = [
      { text: deliveries },
      await hub.call('GET', `${S0}/${id}`),
      await hub.call('GET', `${S1}/${id}`),
      await hub.call('GET', `${S0}?project_id=${project_id}`),
      await hub.call('GET', `${S1}?project_id=${project_id}`),
      await hub.call('GET', `${S0}/${id}/logs`),
      await hub.call('POST', `${S0}/${id}/test`, { body: {} }),
      await hub.call('POST', `${S1}/${id}/test`, { body: {} }),
      await hub.call('PUT', `${S0}/${id}`, { body: { name: 'Renamed' } }),
      await hub.call('PUT', `${S1}/${id}`, { body: { headers: masked, secret: MASK } }),
      await hub.call('PUT', `${S0}/${id}`, { body: { secret: changed, url: 'nonsense' } }),
      await hub.call('GET', '/metrics'),
      await hub.call('DELETE', `${S1}/${id}`),
    ];
    for (const { text } of answers) {
      for (const leaked of [secret, secret.slice(6), hidden, changed, 'hidden-cookie', 'hidden-token']) {
        expect(text).not.toContain(leaked);
      }
    }
    const sent = receiver.requests.filter(
      ({ url, text }) => url === receiverPath && text.includes(project_id),
    );
    expect(sent[0]?.headers).toMatchObject({ authorization: `Bearer ${hidden}`, cookie: `sid=${hidden}` });
    for (const line of hub.logged()) {
      for (const leaked of [secret, hidden, changed]) expect(line).not.toContain(leaked);
    }
  });
});

describe.each([S0, S1])('%s: the mask', (path) => {
  const refused = path === S0 ? 422 : 400;

  test('with nothing behind it is refused: it would be sent as the secret', async () => {
    const project_id = hub.project();
    const body = { ...WEBHOOK, project_id, headers: { Authorization: MASK } };
    const answer = await hub.call('POST', path, { body });
    expect(answer.status).toBe(refused);
    expect(answer.text).toContain('"headers.Authorization"');
    const list = await hub.call('GET', `${S1}?project_id=${project_id}`);
    expect(list.body).toMatchObject({ pagination: { total: 0 } });
  });

  test('sent back keeps what it masks, however the header is written, and invents nothing', async () => {
    const made = await hub.call<Made>('POST', path, {
      body: {
        ...WEBHOOK,
        project_id: hub.project(),
        url: `${receiver.url}/masked`,
        headers: { Authorization: 'Bearer kept', 'X-Plain': 'a' },
      },
    });
    const { id } = made.body.content ?? made.body.data ?? { id: '' };
    const invented = await hub.call('PUT', `${path}/${id}`, {
      body: { name: 'Changed', headers: { Authorization: MASK, 'X-Api-Key': MASK } },
    });
    expect(invented.status).toBe(refused);
    expect(invented.text).toContain('"headers.X-Api-Key"');
    expect((await hub.call('GET', `${path}/${id}`)).text).toContain('"name":"Sample"');
    const kept = await hub.call('PUT', `${path}/${id}`, { body: { headers: { authorization: MASK } } });
    expect(kept.status).toBe(200);
    await hub.call('POST', `${S0}/${id}/test`, { body: {} });
    const [sent] = receiver.requests.filter(({ url }) => url === '/masked').slice(-1);
    expect(sent?.headers).toMatchObject({ authorization: 'Bearer kept' });
    expect(sent?.headers['x-plain']).toBeUndefined();
  });
});

test('what is signed in with is never logged', async () => {
  const password = randomUUID();
  const username = randomUUID();
  const body = { username, password, email: 'a@example.com' };
  const made = await hub.call('POST', '/api/users/', { body });
  expect(made.text).not.toContain(password);
  const { access, refresh } = await hub.signIn(username, password);
  await hub.call('GET', `/api/users/me/?token=${access}`, { as: { token: access } });
  await hub.call('POST', '/api/auth/refresh/', { as: null, body: { refresh } });
  await hub.call('POST', '/api/auth/login/', { as: null, body: { username, password: `${password}-wrong` } });
  await hub.call('POST', '/api/auth/login/', {
    as: null,
    body: `{"username":"${username}","password":"${password}`,
  });
  const lines = hub.logged().join('\n');
  for (const secret of [password, access, refresh, hub.adminPassword, hub.adminSecret]) {
    expect(lines).not.toContain(secret);
  }
});
