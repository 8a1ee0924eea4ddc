import { OutboundClient } from '@signalbox/security';
import type { Connector } from '../connector';
import { github } from '../providers/github/connector';
import { connectorById } from '../registry';
import { ConnectionSettings, type ConnectorRequest, type ConnectorResponse } from './connection';

const CREDENTIALS = {
  access_token: 'ghp_1',
  api_key: 'k1',
  api_token: 't1',
  username: 'u1',
  bot_token: 'b1',
};

async function test(
  id: string,
  configuration: Record<string, unknown>,
  answer: Partial<ConnectorResponse> = {},
) {
  const connector: Connector | undefined = connectorById(id);
  const sent: ConnectorRequest[] = [];
  const result = await connector?.test?.({
    http: {
      send: (request) => {
        sent.push(request);
        return Promise.resolve({ status: 200, headers: {}, body: '{}', truncated: false, ...answer });
      },
    },
    settings: new ConnectionSettings(configuration, CREDENTIALS),
  });
  return { result, url: sent[0]?.url };
}

describe('the address of the API', () => {
  it.each([
    [{}, 'https://api.github.com/user'],
    [{ base_url: 'https://ghe.example.com/api/v3/' }, 'https://ghe.example.com/api/v3/user'],
    [{ api_url: 'http://127.0.0.1:4000' }, 'http://127.0.0.1:4000/user'],
    [{ base_url: ' ', api_url: null }, 'https://api.github.com/user'],
    [{ base_url: ' https://a.example.com ', api_url: 'https://b.example.com' }, 'https://a.example.com/user'],
  ])('of %j is %s', async (configuration, url) => {
    expect((await test('github', configuration)).url).toBe(url);
  });

  it.each([
    'ftp://x',
    'x',
    'https://user:pass@x.example.com',
    'https://x.example.com/?a=1',
    'https://x.example.com/#a',
    ['https://x.example.com'],
  ])('cannot be %j', async (address) => {
    for (const name of ['base_url', 'api_url']) {
      expect(await test('github', { [name]: address })).toEqual({
        url: undefined,
        result: {
          connected: false,
          reason: 'invalid_settings',
          status: null,
          message: `Failed to connect: ${name} must be an http or https URL without user, query or fragment`,
          retryAfterSeconds: null,
        },
      });
    }
  });
});

describe('a credential that no header can hold', () => {
  const outbound = new OutboundClient({ allowPrivate: ['127.0.0.1'] });
  const given = {
    settings: new ConnectionSettings(
      { base_url: 'http://127.0.0.1:9', repository: 'octo-org' },
      { access_token: 'ghp_1\u2026' },
    ),
    http: {
      send: (request: ConnectorRequest) =>
        outbound.send({ ...request, timeoutMs: 1_000, responseLimitBytes: 1_000 }),
    },
  };
  const told = 'a credential has characters that cannot be sent';
  afterAll(() => outbound.close(0));

  it('is no outage of the provider', async () => {
    expect(await github.test(given)).toMatchObject({
      connected: false,
      reason: 'invalid_settings',
      status: null,
      message: `Failed to connect: ${told}`,
    });
  });

  it('is none to whoever sets a webhook up either', async () => {
    await expect(github.webhook.hooks.find(given, 'https://hub.example.com/')).rejects.toMatchObject({
      name: 'ConnectionError',
      reason: 'invalid_settings',
      message: told,
    });
  });
});

describe('a "no" that looks like a "yes"', () => {
  it.each([
    ['slack', { body: '{"ok":false,"error":"invalid_auth"}' }],
    ['linear', { body: '{"errors":[{"message":"x"}]}' }],
    ['jenkins', { body: '{"anonymous":true,"authenticated":true,"name":"anonymous"}' }],
    ['jenkins', { body: '<html>' }],
    ['slack', { body: '{"ok":true}', truncated: true }],
  ])('of %s is one: %j', async (id, answer) => {
    const { result } = await test(id, { base_url: 'https://x.example.com' }, answer);
    expect(result).toMatchObject({ connected: false, reason: 'unauthorized' });
  });

  it('of Azure DevOps is a page to sign in, with 203', async () => {
    const { result } = await test('azure_devops', { base_url: 'https://dev.azure.com/x' }, { status: 203 });
    expect(result).toMatchObject({ connected: false, reason: 'unexpected_answer', status: 203 });
  });
});

describe('waiting', () => {
  afterEach(() => jest.useRealTimers());

  it.each([
    ['30', 30],
    ['Sun, 22 Nov 2026 00:01:00 GMT', 60],
    ['Sat, 21 Nov 2026 00:00:00 GMT', 0],
    ['999999999', 86_400],
    ['later', null],
  ])('for as long as %j says: %j s', async (value, seconds) => {
    jest.useFakeTimers({ now: new Date('2026-11-22T00:00:00Z') });
    const { result } = await test('github', {}, { status: 429, headers: { 'retry-after': value } });
    expect(result).toMatchObject({ reason: 'rate_limited', retryAfterSeconds: seconds });
  });

  it.each([
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795306200' }, 600],
    [429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795306200' }, 600],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795306200', 'retry-after': '7' }, 7],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1895306200' }, 86_400],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795305000' }, 0],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795306200000' }, null],
    [429, { 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': '1795306200' }, null],
  ])('after %d until the allowance is renewed: %j', async (status, headers, seconds) => {
    jest.useFakeTimers({ now: new Date('2026-11-22T00:00:00Z') });
    const { result } = await test('github', {}, { status, headers });
    expect(result).toMatchObject({ reason: 'rate_limited', retryAfterSeconds: seconds });
  });
});

it('takes any answer of a generic address that is no error', async () => {
  const base_url = 'https://x.example.com/health';
  for (const status of [200, 204, 302]) {
    expect(await test('generic', { base_url }, { status, body: '' })).toMatchObject({
      result: { connected: true },
    });
  }
  expect(await test('generic', { base_url }, { status: 404 })).toMatchObject({
    result: { connected: false },
  });
});
