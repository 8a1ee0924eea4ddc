import { isMaskedWhole, MASK, maskHeaders, maskSecrets } from './mask';
import { isSecretName } from './secret-names';

describe('isSecretName', () => {
  it.each([
    'Authorization',
    'proxy-authorization',
    'X-API-Key',
    'apiKey',
    'API_KEY',
    'apikey',
    'stripeApiKey',
    'access_token',
    'accessToken',
    'refresh-token',
    'X-Gitlab-Token',
    'tokens',
    'client_secret',
    'clientSecret',
    'CLIENTSECRET',
    'webhook.secret',
    'password',
    'Passwd',
    'db_password',
    'passphrase',
    'pwd',
    'smtpPass',
    'Cookie',
    'Set-Cookie',
    'webhook-signature',
    'X-EmbedAI-Signature',
    'X-Hub-Signature-256',
    'credential',
    'credentials',
    'private_key',
    'privateKey',
    'AWS_SECRET_ACCESS_KEY',
    'signing key',
    'X-Auth',
    'jwt',
    'DSN',
    'connection_string',
    'JSONWebToken',
    'Ocp-Apim-Subscription-Key',
    'x-functions-key',
  ])('%s is one', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    '',
    '---',
    'name',
    'Content-Type',
    'User-Agent',
    'webhook-id',
    'webhook-timestamp',
    'X-EmbedAI-Delivery',
    'key',
    'project_key',
    'author',
    'authored_by',
    'passenger',
    'compass',
    'path',
    'signature_header',
    'token_url',
    'tokenUrl',
    'authorization_endpoint',
    'token_type',
    'token_expires',
    'max_tokens',
    'password_policy',
    'secret_name',
    'client_id',
  ])('%s is none', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe('maskHeaders', () => {
  it('masks values of secret names and keeps the rest, casing included', () => {
    expect(maskHeaders({ Authorization: 'Bearer x', 'X-Trace': '1', 'webhook-signature': 'v1,x' })).toEqual({
      Authorization: MASK,
      'X-Trace': '1',
      'webhook-signature': MASK,
    });
  });
});

describe('maskSecrets', () => {
  it('masks at any depth, whatever the type of the value', () => {
    const value = {
      url: 'https://x',
      api_key: 'k',
      nested: [{ password: 1234, note: 'n' }, { credentials: { user: 'u', deep: ['x'] } }],
      token: null,
      secret: '',
      has_password: true,
    };
    expect(maskSecrets(value)).toEqual({
      url: 'https://x',
      api_key: MASK,
      nested: [{ password: MASK, note: 'n' }, { credentials: MASK }],
      token: null,
      secret: '',
      has_password: true,
    });
    expect(value.nested[0]).toEqual({ password: 1234, note: 'n' });
  });

  it.each(['text', 7, null, true, []])('leaves %j as it is', (value) => {
    expect(maskSecrets(value)).toEqual(value);
  });

  it('keeps a __proto__ key a key', () => {
    const masked = maskSecrets(JSON.parse('{"__proto__":{"token":"x","admin":true}}')) as object;
    expect(JSON.stringify(masked)).toBe(`{"__proto__":{"token":"${MASK}","admin":true}}`);
    expect(Object.getPrototypeOf(masked)).toBe(Object.prototype);
  });

  it('ends in a circle, in great depth and in great breadth, and lets no secret through there', () => {
    const circle: Record<string, unknown> = { token: 's3cret' };
    circle.self = circle;
    const depth = JSON.parse(`${'{"a":'.repeat(5000)}{"token":"s3cret"}${'}'.repeat(5000)}`) as unknown;
    const breadth = Array.from({ length: 50_000 }, () => ({ inner: ['x'], token: 's3cret' }));
    for (const value of [circle, depth, breadth]) {
      const text = JSON.stringify(maskSecrets(value));
      expect(text).not.toContain('s3cret');
      expect(text).toContain('[left out]');
      expect(text.length).toBeLessThan(500_000);
    }
  });
});

describe('isMaskedWhole', () => {
  const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as unknown;

  it.each([
    ['9 999 values in a list', Array.from({ length: 9_999 }, () => 0), true],
    ['10 000', Array.from({ length: 10_000 }, () => 0), false],
    ['10 000 in two lists', [0, 1].map(() => Array.from({ length: 4_999 }, () => 0)), false],
    ['9 999 in two lists', [4_998, 4_998].map((length) => Array.from({ length }, () => 0)), true],
    ['64 levels', deep(64), true],
    ['65 levels', deep(65), false],
    ['what is masked altogether', { credentials: Array.from({ length: 20_000 }, () => 0) }, true],
  ])('knows of %s', (_what, value, whole) => {
    expect(isMaskedWhole(value)).toBe(whole);
  });
});
