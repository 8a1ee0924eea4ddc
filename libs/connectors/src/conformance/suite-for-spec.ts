import { EVENT_TYPE_MAX_LENGTH, EVENT_TYPE_PATTERN } from '@signalbox/contracts';
import { constantTimeEqual } from '@signalbox/security';
import type * as security from '@signalbox/security';
import Ajv2020 from 'ajv/dist/2020';
import { ConnectionSettings, type ConnectorRequest, type ConnectorResponse } from '../connection/connection';
import type { Connector, WebhookPart } from '../connector';
import type { InboundDelivery } from '../delivery/inbound-delivery';
import { normalise, outboundEventType, payloads } from '../events/normalise';
import type { Verdict, VerifyContext } from '../verify/verdict';
import {
  deliver,
  draft,
  hmac,
  type ConnectorFixtures,
  type Draft,
  type HandshakeFixture,
  type Signer,
  type WebhookFixture,
} from './fixture-for-spec';

const NOW = 1_780_000_000;
const RECEIVED = new Date(NOW * 1000);

/**
 * What every connector must hold, generated from its declaration and its fixtures. The spec that calls it must have
 * `constantTimeEqual` of `@signalbox/security` replaced by a spy.
 */
export function describeConnector(connector: Connector, fixtures: ConnectorFixtures): void {
  describe(connector.id, () => {
    describeSettings(connector, fixtures);
    if (connector.test) describeConnection(connector, fixtures);
    if (connector.webhook) describeWebhook({ ...connector, webhook: connector.webhook }, fixtures);
  });
}

function describeSettings({ configuration, credentials }: Connector, fixtures: ConnectorFixtures): void {
  const ajv = new Ajv2020({ strict: true, strictRequired: true });

  it('has schemas that take its settings and mark what is secret', () => {
    expect(ajv.validate(configuration, fixtures.configuration)).toBe(true);
    expect(ajv.validate(credentials, fixtures.credentials)).toBe(true);
    for (const name of Object.keys(fixtures.credentials))
      expect(credentials.properties).toHaveProperty([name]);
    for (const schema of Object.values(configuration.properties))
      expect(schema).not.toHaveProperty('writeOnly');
    const secret = Object.values(credentials.properties).filter((schema) => schema.writeOnly === true);
    expect(secret.length > 0).toBe(Object.keys(credentials.properties).length > 0);
  });
}

function describeConnection(connector: Connector, fixtures: ConnectorFixtures): void {
  const expected = fixtures.connection;
  if (expected === undefined) throw new Error(`${connector.id} has a connection test and no fixture of it`);

  const secrets = Object.entries(fixtures.credentials)
    .filter(([name]) => connector.credentials.properties[name]?.writeOnly === true)
    .map(([, value]) => value);

  async function test(answer: Partial<ConnectorResponse> | Error, credentials = fixtures.credentials) {
    const sent: ConnectorRequest[] = [];
    const send = (request: ConnectorRequest): Promise<ConnectorResponse> => {
      sent.push(request);
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve({ status: 200, headers: {}, body: '', truncated: false, ...answer });
    };
    const settings = new ConnectionSettings(fixtures.configuration, credentials);
    const result = await connector.test?.({ http: { send }, settings });
    for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret);
    return { result, sent };
  }

  it('connects, asking once and changing nothing', async () => {
    const { result, sent } = await test({ body: JSON.stringify(expected.answer) });
    expect(result).toEqual({ connected: true, account: expected.account });
    const { method, url, header } = expected.request;
    expect(sent).toMatchObject([{ method, url, headers: { [header[0]]: header[1] } }]);
  });

  it.each([
    [401, {}, 'unauthorized'],
    [403, {}, 'forbidden'],
    [429, { 'retry-after': '7' }, 'rate_limited'],
    [403, { 'x-ratelimit-remaining': '0' }, 'rate_limited'],
    [500, {}, 'unexpected_answer'],
    [404, {}, 'unexpected_answer'],
  ])('says what %d %j means', async (status, headers, reason) => {
    const { result } = await test({ status, headers, body: JSON.stringify(fixtures.credentials) });
    expect(result).toMatchObject({ connected: false, reason, status });
    expect(result).toMatchObject({ message: expect.stringMatching(`^Failed to connect: ${status} - `) });
  });

  it('says that nothing answered, and not how the client put it', async () => {
    const { result } = await test(new Error(`connect to ${Object.values(fixtures.credentials).join()}`));
    expect(result).toMatchObject({ connected: false, reason: 'unreachable', status: null });
  });

  it('sends nothing without the credentials it needs', async () => {
    const required = (connector.credentials.required ?? []) as readonly string[];
    const { result, sent } = await test({}, {});
    if (required.length === 0) return;
    expect(result).toMatchObject({ connected: false, reason: 'invalid_settings' });
    expect(sent).toEqual([]);
  });
}

type Receiver = Connector & { readonly webhook: WebhookPart };

function describeWebhook(connector: Receiver, fixtures: ConnectorFixtures): void {
  const { webhook } = connector;
  const webhooks = fixtures.webhooks ?? [];

  it('has fixtures, and says how it is set up', () => {
    expect(webhooks.length).toBeGreaterThan(0);
    expect(webhook.setUp.length).toBeGreaterThan(0);
    expect(webhook.handshake !== undefined).toBe((fixtures.handshakes ?? []).length > 0);
    expect(webhook.hooks !== undefined).toBe(fixtures.hooks !== undefined);
  });

  for (const fixture of webhooks) {
    describe(fixture.name, () => {
      describeVerification(webhook, fixture);
      describeFacts(connector, fixture);
    });
  }
  for (const handshake of fixtures.handshakes ?? []) describeHandshake(connector, handshake);
  describeNonsense(connector);
}

function describeVerification({ scheme }: WebhookPart, fixture: WebhookFixture): void {
  const verify = (delivery: InboundDelivery, secrets: readonly string[], rest: Partial<VerifyContext> = {}) =>
    scheme.verify(delivery, { secrets, nowSeconds: NOW, ...rest });

  /** The verdict on what the provider sent, once `change` has been at it. */
  async function changed(change: (draft: Draft) => void, signer = fixture.signer()): Promise<Verdict> {
    const sent = await draft(fixture, signer, NOW);
    change(sent);
    return verify(deliver(sent), [signer.secret]);
  }

  it('passes', async () => {
    expect(await changed(() => {})).toEqual({ verified: true, secretIndex: 0 });
  });

  it('passes with header names in any casing', async () => {
    const verdict = await changed((sent) => {
      sent.headers = sent.headers.map(([name, value]) => [name.toUpperCase(), value]);
    });
    expect(verdict.verified).toBe(true);
  });

  it('passes by any of the active secrets, and says by which', async () => {
    const [signer, newer] = [fixture.signer(), fixture.signer()];
    const delivery = deliver(await draft(fixture, signer, NOW));
    expect(verify(delivery, [newer.secret, '', signer.secret])).toEqual({ verified: true, secretIndex: 2 });
  });

  it('fails by another secret', async () => {
    const delivery = deliver(await draft(fixture, fixture.signer(), NOW));
    expect(verify(delivery, [fixture.signer().secret])).toEqual({ verified: false, reason: 'mismatch' });
  });

  if (scheme.proves === 'body') {
    it('fails with one byte of the body flipped, added or missing', async () => {
      const { length } = (await draft(fixture, fixture.signer(), NOW)).body;
      for (const place of [0, Math.floor(length / 2), length - 1]) {
        const verdict = await changed(({ body }) => {
          body[place] = (body[place] ?? 0) ^ 1;
        });
        expect(verdict.verified).toBe(false);
      }
      for (const body of [
        (old: Buffer) => old.subarray(1),
        (old: Buffer) => Buffer.concat([old, Buffer.from(' ')]),
      ]) {
        const verdict = await changed((sent) => {
          sent.body = body(sent.body);
        });
        expect(verdict.verified).toBe(false);
      }
    });
  }

  it('fails with one character of any proof flipped', async () => {
    const { proofs, url } = await draft(fixture, fixture.signer(), NOW);
    for (const proof of proofs) {
      const verdict = await changed((sent) => setHeader(sent, proof, flip));
      expect(verdict.verified).toBe(false);
    }
    if (url.includes('?token=')) {
      const verdict = await changed((sent) => {
        sent.url = flip(sent.url);
      });
      expect(verdict).toEqual({ verified: false, reason: 'mismatch' });
    }
  });

  it('fails with any proof missing, empty, cut, absurdly long or twice', async () => {
    const { proofs, url } = await draft(fixture, fixture.signer(), NOW);
    for (const proof of proofs) {
      const missing = await changed((sent) => {
        sent.headers = sent.headers.filter(([name]) => name !== proof);
      });
      expect(missing).toEqual({ verified: false, reason: 'missing_header' });
      const empty = await changed((sent) => setHeader(sent, proof, () => ''));
      expect(empty).toEqual({ verified: false, reason: 'missing_header' });
      const cut = await changed((sent) => setHeader(sent, proof, (value) => value.slice(0, -6)));
      expect(cut.verified).toBe(false);
      const long = await changed((sent) => setHeader(sent, proof, (value) => value.repeat(500)));
      expect(long.verified).toBe(false);
      const twice = await changed((sent) => {
        sent.headers.push(...sent.headers.filter(([name]) => name === proof));
      });
      expect(twice).toEqual({ verified: false, reason: 'repeated_header' });
    }
    if (url.includes('?token=')) {
      const missing = await changed((sent) => {
        sent.url = sent.url.replace(/\?token=.*/, '');
      });
      expect(missing).toEqual({ verified: false, reason: 'missing_header' });
    }
  });

  it('never passes by an empty secret, whoever signed with it', async () => {
    const signer = fixture.signer();
    const delivery = deliver(await draft(fixture, signer, NOW));
    for (const secrets of [[], [''], ['', '  ']]) {
      expect(verify(delivery, secrets)).toEqual({ verified: false, reason: 'no_secret' });
    }
    const forged = await draft(fixture, signer, NOW);
    for (const proof of forged.proofs) {
      setHeader(forged, proof, (value) => value.replace(/[0-9a-f]{64}/, hmac('', forged.body)));
    }
    expect(verify(deliver(forged), [''])).toEqual({ verified: false, reason: 'no_secret' });
  });

  const tolerance = toleranceOf(scheme.toleranceSeconds, fixture);
  if (tolerance !== null) {
    it(`fails when it is stale, or from the future, by more than ${tolerance} s`, async () => {
      const signer = fixture.signer();
      const sentAt = async (seconds: number) => deliver(await draft(fixture, signer, seconds));
      for (const early of [NOW - tolerance - 1, NOW + tolerance + 1, 0]) {
        expect(verify(await sentAt(early), [signer.secret])).toEqual({ verified: false, reason: 'stale' });
      }
      for (const still of [NOW - tolerance, NOW + tolerance]) {
        expect(verify(await sentAt(still), [signer.secret]).verified).toBe(true);
      }
      const old = await sentAt(NOW - tolerance - 1);
      const wider = { toleranceSeconds: tolerance + 1 };
      expect(verify(old, [signer.secret], wider).verified).toBe(true);
      // Forged and stale: nothing is said about the time.
      expect(verify(old, [fixture.signer().secret])).toEqual({ verified: false, reason: 'mismatch' });
    });
  }

  it('rests on the one comparison in constant time, and on it alone', async () => {
    const compare = jest.mocked(constantTimeEqual);
    const signer = fixture.signer();
    const delivery = () => draft(fixture, signer, NOW).then(deliver);
    const [right, wrong] = [await delivery(), await delivery()];
    compare.mockClear();
    try {
      verify(right, [signer.secret]);
      if (signer.publicKey === true) {
        expect(compare).not.toHaveBeenCalled();
        return;
      }
      expect(compare).toHaveBeenCalled();
      compare.mockReturnValue(false);
      expect(verify(right, [signer.secret])).toEqual({ verified: false, reason: 'mismatch' });
      compare.mockReturnValue(true);
      expect(verify(wrong, [fixture.signer().secret]).verified).toBe(true);
    } finally {
      compare.mockImplementation(
        jest.requireActual<typeof security>('@signalbox/security').constantTimeEqual,
      );
    }
  });
}

/** A connector may sign the time in some of its schemes only: then the fixture's headers tell. */
function toleranceOf(tolerance: number | null, { signer }: WebhookFixture): number | null {
  if (tolerance !== null) return tolerance;
  const proof = signer().sign({
    body: Buffer.from('{}'),
    url: 'https://hub.example.com/',
    contentType: '',
    seconds: NOW,
  });
  const timed = !(proof instanceof Promise) && 'webhook-timestamp' in proof.headers;
  return timed ? 300 : null;
}

function describeFacts(connector: Receiver, fixture: WebhookFixture): void {
  it('is named right', async () => {
    const delivery = deliver(await draft(fixture, fixture.signer(), NOW));
    const events = normalise(connector, delivery, RECEIVED);
    const { deliveryId, events: expected, types } = fixture.expected;
    expect(events).toHaveLength(expected.length);
    expect(events).toMatchObject(
      expected.map((one, part) => ({ provider: connector.id, delivery_id: deliveryId, part, ...one })),
    );
    expect(events.map(outboundEventType)).toEqual(types);
    expect(payloads(connector, delivery)).toHaveLength(events.length);
    for (const type of types) expect(type).toMatch(EVENT_TYPE_PATTERN);
    expect(connector.webhook.handshake?.(delivery)).toBeUndefined();
    expect(connector.webhook.preflight?.(delivery)).toBeUndefined();
  });
}

function describeHandshake(
  { webhook }: Receiver,
  { name, signer, answer, ...sendable }: HandshakeFixture,
): void {
  it(`answers ${name}, which is signed like all else`, async () => {
    const one: Signer = signer();
    const delivery = deliver(await draft(sendable, one, NOW));
    expect(webhook.scheme.verify(delivery, { secrets: [one.secret], nowSeconds: NOW }).verified).toBe(true);
    expect(webhook.handshake?.(delivery)).toMatchObject(answer);
  });
}

const NONSENSE: readonly (string | Buffer)[] = [
  '',
  'null',
  '[]',
  '0',
  '"text"',
  '{"__proto__":{"event":"x"},"constructor":{"prototype":{}}}',
  '{"event":{"type":["a"]},"type":{},"id":[],"action":{},"repository":[],"events":{},"timestamp":"NaN"}',
  '{"event":null,"issue":null,"pull_request":"","data":7,"type":1e400}',
  `{"type":"\\u0000\\ud800${'x'.repeat(10_000)}","id":"${'y'.repeat(10_000)}","timestamp":1e30}`,
  '['.repeat(200_000),
  `{"events":[${'{},'.repeat(100)}null]}`,
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  'payload=%7B%22type%22%3A1%7D&payload=2&__proto__=3',
];

function describeNonsense(connector: Receiver): void {
  it.each(NONSENSE.map((body, i) => [i, body] as const))('makes something of nonsense %d', (_, body) => {
    for (const contentType of [
      'application/json',
      'application/x-www-form-urlencoded',
      '',
      'application/cloudevents-batch+json',
    ]) {
      const delivery = deliver({
        method: 'POST',
        url: 'https://hub.example.com/?token=%E0%A4%A&bodySHA256=%zz',
        headers: [
          ['Content-Type', contentType],
          ['X-GitHub-Event', '__proto__'],
          ['X-Event-Key', 'a:b:c'],
          ['X-Shopify-Topic', '/'],
          ['X-Gitea-Event', 'constructor'],
        ],
        body: Buffer.from(body),
        proofs: [],
      });
      expect(
        connector.webhook.scheme.verify(delivery, { secrets: ['secret'], nowSeconds: NOW }).verified,
      ).toBe(false);
      connector.webhook.handshake?.(delivery);
      connector.webhook.preflight?.(delivery);
      const events = normalise(connector, delivery, RECEIVED);
      expect(payloads(connector, delivery)).toHaveLength(events.length);
      for (const event of events) {
        expect(outboundEventType(event)).toMatch(EVENT_TYPE_PATTERN);
        expect(outboundEventType(event).length).toBeLessThanOrEqual(EVENT_TYPE_MAX_LENGTH);
        expect(event.delivery_id?.length ?? 0).toBeLessThanOrEqual(255);
        expect(JSON.stringify(event).length).toBeLessThan(5000);
        expect(JSON.stringify(event)).not.toContain('\\u0000');
        expect(event.summary.isWellFormed()).toBe(true);
      }
    }
  });
}

function setHeader(sent: Draft, name: string, change: (value: string) => string): void {
  sent.headers = sent.headers.map(([own, value]) => [own, own === name ? change(value) : value]);
}

/** In the last quarter: signatures stand behind their prefixes, passwords behind user names. */
function flip(text: string): string {
  const place = Math.floor(text.length * 0.75);
  return `${text.slice(0, place)}${text[place] === 'a' ? 'b' : 'a'}${text.slice(place + 1)}`;
}
