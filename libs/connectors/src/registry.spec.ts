import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { InboundDelivery } from './delivery/inbound-delivery';
import { InboundHeaders } from './delivery/inbound-headers';
import { normalise } from './events/normalise';
import { connectorById, connectorFor, CONNECTORS, connectorsOfType, receiverFor } from './registry';

const NOW = 1_780_000_000;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const of = (id: string) => {
  const connector = connectorById(id);
  if (connector === undefined) throw new Error(`no ${id}`);
  return connector;
};

describe('connectorFor', () => {
  it.each([
    ['anything', { provider: 'GitHub' }, 'github'],
    ['anything', { provider: 'azure-devops' }, 'azure_devops'],
    ['anything', { provider: 'Forgejo' }, 'gitea'],
    ['Stripe', { provider: 'slack', base_url: 'https://api.github.com' }, 'slack'],
    ['anything', { base_url: 'https://api.stripe.com' }, 'stripe'],
    ['anything', { api_url: 'https://your-domain.atlassian.net/rest/api/3' }, 'jira'],
    ['GitHub mirror', { base_url: 'https://gitlab.com' }, 'gitlab'],
    ['Twilio SMS', { base_url: 'https://sms.example.com' }, 'twilio'],
    ['Our Azure DevOps', {}, 'azure_devops'],
    ['Legitlabs', {}, 'generic'],
    ['', { provider: 'nobody', base_url: 'https://notgithub.com.example.org' }, 'generic'],
    ['constructor', { base_url: 'not a url' }, 'generic'],
  ])('%j %j is %s', (name, configuration, id) => {
    expect(connectorFor({ name, configuration }).id).toBe(id);
  });

  it('finds every connector by its id and its title', () => {
    for (const { id, title } of CONNECTORS) {
      expect(connectorFor({ name: '', configuration: { provider: id } }).id).toBe(id);
      expect(connectorFor({ name: title, configuration: {} }).id).toBe(id);
    }
  });
});

describe('receiverFor', () => {
  it.each([
    ['github', 'X-Hub-Signature-256', 'github'],
    ['generic', 'x-hub-signature-256', 'github'],
    ['generic', 'Stripe-Signature', 'stripe'],
    ['generic', 'X-Gitlab-Token', 'gitlab'],
    ['generic', 'X-Gitea-Signature', 'gitea'],
    ['generic', 'X-Twilio-Signature', 'twilio'],
    ['generic', 'X-Slack-Signature', 'slack'],
    ['generic', 'X-Shopify-Hmac-Sha256', 'shopify'],
    ['generic', 'webhook-signature', 'standard-webhooks'],
    ['stripe', 'webhook-signature', 'stripe'],
    ['stripe', 'X-Hub-Signature-256', 'github'],
    ['gitea', 'X-Hub-Signature-256', 'gitea'],
    ['jira', 'X-Hub-Signature', 'jira'],
    ['bitbucket', 'X-Hub-Signature', 'bitbucket'],
    ['docker', null, 'docker'],
    ['docker', 'authorization', 'docker'],
    ['azure_devops', 'Authorization', 'azure_devops'],
    ['stripe', 'X-Own-Signature', 'stripe'],
    ['discord', 'webhook-signature', 'discord'],
    ['generic', 'X-Own-Signature', 'generic'],
  ])('of an endpoint of %s with %s is %s', (id, header, expected) => {
    expect(receiverFor(of(id), header).id).toBe(expected);
  });

  it('verifies in the header that was named, when nobody else has it', () => {
    const { webhook } = receiverFor(of('generic'), 'X-Own-Signature');
    const verify = (headers: Record<string, string>) =>
      webhook.scheme.verify(
        new InboundDelivery({
          method: 'POST',
          url: 'https://hub.example.com/',
          headers: InboundHeaders.from(headers),
          body: Buffer.from('what do ya want for nothing?'),
        }),
        { secrets: ['Jefe'], nowSeconds: 0 },
      );
    // RFC 4231, case 2
    const signature = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(verify({ 'x-own-signature': signature }).verified).toBe(true);
    expect(verify({ 'X-Own-Signature': `sha256=${signature.toUpperCase()}` }).verified).toBe(true);
    expect(verify({ 'X-Own-Signature': Buffer.from(signature, 'hex').toString('base64') }).verified).toBe(
      true,
    );
    expect(verify({ 'X-Signature-256': signature })).toEqual({ verified: false, reason: 'missing_header' });
  });
});

describe('an endpoint that names a header of nobody in particular', () => {
  const body = '{"object_kind":"push","project":{"path_with_namespace":"a/b"}}';

  function receive(header: string, headers: Record<string, string>, secret: string) {
    const receiver = receiverFor(of('gitlab'), header);
    const delivery = new InboundDelivery({
      method: 'POST',
      url: 'https://hub.example.com/',
      headers: InboundHeaders.from(headers),
      body: Buffer.from(body),
    });
    const verdict = receiver.webhook.scheme.verify(delivery, { secrets: [secret], nowSeconds: NOW });
    return { verdict, event: normalise(receiver, delivery, new Date(NOW * 1000))[0] };
  }

  it.each([
    [
      'webhook-signature',
      {
        'webhook-id': 'm1',
        'webhook-timestamp': String(NOW),
        'webhook-signature': new Webhook(SECRET).sign('m1', new Date(NOW * 1000), body),
      },
    ],
    ['X-Own-Signature', { 'X-Own-Signature': createHmac('sha256', SECRET).update(body).digest('hex') }],
  ])('verifies by %s, and reads as its connector does', (header, headers) => {
    const { verdict, event } = receive(header, headers, SECRET);
    expect(verdict.verified).toBe(true);
    expect(event).toMatchObject({ provider: 'gitlab', event: 'push', topic: 'push', repository: 'a/b' });
  });

  it("takes no proof of the connector's own in its place", () => {
    for (const header of ['webhook-signature', 'X-Own-Signature']) {
      const { verdict } = receive(header, { 'X-Gitlab-Token': SECRET }, SECRET);
      expect(verdict).toEqual({ verified: false, reason: 'missing_header' });
    }
  });
});

it('knows a delivery under webhook-signature again by the id that is signed with it', () => {
  const received = (id: string, named: string) =>
    normalise(
      receiverFor(of('stripe'), named),
      new InboundDelivery({
        method: 'POST',
        url: 'https://hub.example.com/',
        headers: InboundHeaders.from({ 'webhook-id': id }),
        body: Buffer.from('{"id":"evt_1","type":"invoice.paid"}'),
      }),
      new Date(NOW * 1000),
    )[0];
  expect(received('m1', 'webhook-signature')).toMatchObject({ event: 'invoice.paid', delivery_id: 'm1' });
  expect(received('m2', 'webhook-signature').delivery_id).toBe('m2');
  expect(received('m2', 'X-Own-Signature').delivery_id).toBe('evt_1');
});

it('takes what Gitea signs as GitHub does, and reads it as Gitea’s', () => {
  const body = '{"action":"synchronized","repository":{"full_name":"a/b"}}';
  const delivery = new InboundDelivery({
    method: 'POST',
    url: 'https://hub.example.com/',
    headers: InboundHeaders.from({
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
      'x-github-event': 'pull_request',
      'x-gitea-event': 'pull_request',
    }),
    body: Buffer.from(body),
  });
  const receiver = receiverFor(of('gitea'), 'X-Hub-Signature-256');
  const verified = (secret: string) =>
    receiver.webhook.scheme.verify(delivery, { secrets: [secret], nowSeconds: NOW }).verified;
  expect([verified(SECRET), verified('another')]).toEqual([true, false]);
  expect(normalise(receiver, delivery, new Date(NOW * 1000))[0]).toMatchObject({
    provider: 'gitea',
    topic: 'pull_request.synchronized',
  });
});

describe('a public key', () => {
  const body = '{"type":2}';
  const key = 'a'.repeat(64);
  const verdict = (id: string, header: string, secret: string, headers: Record<string, string>) =>
    receiverFor(of(id), header).webhook.scheme.verify(
      new InboundDelivery({
        method: 'POST',
        url: `https://hub.example.com/?token=${secret}`,
        headers: InboundHeaders.from(headers),
        body: Buffer.from(body),
      }),
      { secrets: [secret], nowSeconds: NOW },
    ).verified;
  const standard = (secret: string) => ({
    'webhook-id': 'm1',
    'webhook-timestamp': String(NOW),
    'webhook-signature': `v1,${createHmac('sha256', secret).update(`m1.${NOW}.${body}`).digest('base64')}`,
  });
  const plain = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');

  it.each(['discord', 'sendgrid'])('of %s is no secret to sign with', (id) => {
    expect(verdict(id, 'webhook-signature', key, standard(key))).toBe(false);
    expect(verdict(id, 'X-Own-Signature', key, { 'X-Own-Signature': plain(key) })).toBe(false);
    expect(verdict('stripe', 'webhook-signature', key, standard(key))).toBe(true);
  });

  it('of Standard Webhooks proves nothing where a secret is shared', () => {
    const [secret, basic] = [`whpk_${key}`, Buffer.from(`user:whpk_${key}`).toString('base64')];
    for (const [id, header, headers] of [
      ['gitlab', 'X-Gitlab-Token', { 'X-Gitlab-Token': secret }],
      ['github', 'X-Hub-Signature-256', { 'X-Hub-Signature-256': `sha256=${plain(secret)}` }],
      ['azure_devops', 'Authorization', { Authorization: `Basic ${basic}` }],
      ['docker', 'Authorization', {}],
      ['standard-webhooks', 'webhook-signature', standard(secret)],
    ] as const)
      expect(verdict(id, header, secret, headers)).toBe(false);
  });
});

it('takes a token that is not ASCII as it comes, byte by byte', () => {
  const secret = 'pässwörter';
  const verified = (token: string) =>
    receiverFor(of('gitlab'), 'X-Gitlab-Token').webhook.scheme.verify(
      new InboundDelivery({
        method: 'POST',
        url: 'https://hub.example.com/',
        headers: InboundHeaders.from({ 'X-Gitlab-Token': token }),
        body: Buffer.from('{}'),
      }),
      { secrets: [secret], nowSeconds: NOW },
    ).verified;
  expect(verified(Buffer.from(secret).toString('latin1'))).toBe(true);
  expect(verified('another')).toBe(false);
});

it('lists by type', () => {
  expect(connectorsOfType('CODE_REPOSITORY').map(({ id }) => id)).toEqual([
    'gitea',
    'github',
    'gitlab',
    'bitbucket',
  ]);
});
