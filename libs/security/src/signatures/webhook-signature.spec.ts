import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import {
  generateWebhookSecret,
  signWebhook,
  verifyBrandSignature,
  verifyWebhook,
  type WebhookSecrets,
  type WebhookToVerify,
} from './webhook-signature';

const ID = '01970000-0000-7000-8000-000000000001';
const BODY = '{"event":"task.created","title":"Grüße 😀"}';
const now = () => Math.floor(Date.now() / 1000);

function sign(secrets: WebhookSecrets, body: string | Buffer = BODY, timestampSeconds = now()) {
  return signWebhook({ secrets, id: ID, timestampSeconds, body, brand: 'EmbedAI' });
}

/** As the official library sees it: throws where the signature does not match. */
function official(secret: string, headers: Record<string, string>, body = BODY): unknown {
  return new Webhook(secret).verify(body, headers);
}

describe('signWebhook', () => {
  it('is verified by the official library', () => {
    const secret = generateWebhookSecret();
    expect(official(secret, sign([secret]))).toEqual(JSON.parse(BODY));
    expect(() => official(generateWebhookSecret(), sign([secret]))).toThrow('No matching signature');
    expect(() => official(secret, sign([secret]), `${BODY} `)).toThrow('No matching signature');
  });

  it('signs text and bytes alike', () => {
    const secret = generateWebhookSecret();
    expect(sign([secret], Buffer.from(BODY), 1)).toEqual(sign([secret], BODY, 1));
  });

  it('uses the bytes of a secret that is not whsec_ and base64', () => {
    for (const secret of ['plain text secret', 'whsec_', 'whsec_A', 'whsec_not-base64!']) {
      const headers = sign([secret]);
      expect(new Webhook(Buffer.from(secret), { format: 'raw' }).verify(BODY, headers)).toEqual(
        JSON.parse(BODY),
      );
    }
    const accented = sign(['Geheimnis für dich']);
    expect(
      new Webhook(Buffer.from('Geheimnis für dich'), { format: 'raw' }).verify(BODY, accented),
    ).toBeDefined();
  });

  it('gives the published headers: the whole secret text over the raw body', () => {
    const secret = generateWebhookSecret();
    expect(sign([secret], BODY, 1_700_000_000)).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1700000000',
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      'X-EmbedAI-Signature': `sha256=${createHmac('sha256', secret).update(BODY).digest('hex')}`,
      'X-EmbedAI-Delivery': ID,
    });
  });

  it('signs with each secret while a rotation overlaps, the newest first', () => {
    const newest = generateWebhookSecret();
    const older = generateWebhookSecret();
    const headers = sign([newest, older]);
    official(newest, headers);
    official(older, headers);
    const signatures = headers['webhook-signature']?.split(' ') ?? [];
    expect(signatures).toHaveLength(2);
    official(newest, { ...headers, 'webhook-signature': signatures[0] ?? '' });
    expect(headers['X-EmbedAI-Signature']).toBe(sign([newest])['X-EmbedAI-Signature']);
  });

  it('signs right with more secrets than it remembers', () => {
    const secrets = Array.from({ length: 5000 }, () => generateWebhookSecret());
    for (const secret of secrets) sign([secret]);
    const [first = ''] = secrets;
    official(first, sign([first]));
  });
});

describe('verifyWebhook', () => {
  const secret = generateWebhookSecret();

  function received(changes: Partial<WebhookToVerify> = {}): WebhookToVerify {
    const headers = sign([secret], BODY, 1_700_000_000);
    return {
      secrets: [secret],
      id: ID,
      timestamp: headers['webhook-timestamp'] ?? '',
      signature: headers['webhook-signature'] ?? '',
      body: BODY,
      nowSeconds: 1_700_000_000,
      toleranceSeconds: 300,
      ...changes,
    };
  }

  it('takes what the official library signed', () => {
    const at = new Date();
    const signature = new Webhook(secret).sign(ID, at, BODY);
    const timestamp = String(Math.floor(at.getTime() / 1000));
    expect(verifyWebhook(received({ signature, timestamp, nowSeconds: Number(timestamp) }))).toBe(true);
  });

  it('takes any of several signatures by any of several secrets', () => {
    const { signature } = received();
    expect(verifyWebhook(received({ signature: `v1a,xyz v1,AAAA ${signature}` }))).toBe(true);
    expect(verifyWebhook(received({ secrets: [generateWebhookSecret(), secret] }))).toBe(true);
  });

  it.each<[string, Partial<WebhookToVerify>]>([
    ['another body', { body: `${BODY}\n` }],
    ['another id', { id: 'other' }],
    ['another timestamp', { timestamp: '1700000001' }],
    ['another secret', { secrets: [generateWebhookSecret()] }],
    ['no signature', { signature: '' }],
    ['half a signature', { signature: received().signature.slice(0, 20) }],
    ['another version', { signature: received().signature.replace('v1,', 'v2,') }],
    ['a timestamp that is none', { timestamp: '1700000000.0' }],
    ['a timestamp too old', { nowSeconds: 1_700_000_301 }],
    ['a timestamp too far ahead', { nowSeconds: 1_699_999_699 }],
    ['more signatures than anyone sends', { signature: `${'v1,AAAA '.repeat(16)}${received().signature}` }],
  ])('refuses %s', (_, changes) => {
    expect(verifyWebhook(received(changes))).toBe(false);
  });

  it('takes a timestamp within the tolerance', () => {
    expect(verifyWebhook(received({ nowSeconds: 1_700_000_300 }))).toBe(true);
  });
});

describe('verifyBrandSignature', () => {
  it('takes the signature of any of the secrets over the body', () => {
    const secret = generateWebhookSecret();
    const signature = sign([secret])['X-EmbedAI-Signature'] ?? '';
    expect(verifyBrandSignature(['other', secret], BODY, signature)).toBe(true);
    expect(verifyBrandSignature(['other'], BODY, signature)).toBe(false);
    expect(verifyBrandSignature([secret], `${BODY} `, signature)).toBe(false);
    expect(verifyBrandSignature([secret], BODY, signature.replace('sha256=', ''))).toBe(false);
  });
});

describe('generateWebhookSecret', () => {
  it('is 32 random bytes', () => {
    const secret = generateWebhookSecret();
    expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
    expect(generateWebhookSecret()).not.toBe(secret);
  });
});
