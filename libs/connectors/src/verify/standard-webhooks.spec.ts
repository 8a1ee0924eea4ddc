import { generateKeyPairSync } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { InboundDelivery } from '../delivery/inbound-delivery';
import { InboundHeaders } from '../delivery/inbound-headers';
import { standardWebhooksScheme } from './standard-webhooks';

const NOW = 1_780_000_000;
const BODY = '{"type":"x.y"}';

function verify(signature: string, secret: string) {
  const headers = { 'webhook-id': 'm1', 'webhook-timestamp': String(NOW), 'webhook-signature': signature };
  const delivery = new InboundDelivery({
    method: 'POST',
    url: 'https://hub.example.com/',
    headers: InboundHeaders.from(headers),
    body: Buffer.from(BODY),
  });
  return standardWebhooksScheme.verify(delivery, { secrets: [secret], nowSeconds: NOW }).verified;
}

it('never takes a public key for a shared secret', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const secret = `whpk_${raw.toString('base64')}`;
  for (const key of [Buffer.from(secret), raw]) {
    const forged = new Webhook(key, { format: 'raw' }).sign('m1', new Date(NOW * 1000), BODY);
    expect(verify(forged, secret)).toBe(false);
    expect(verify(forged.replace('v1,', 'v1a,'), secret)).toBe(false);
  }
});

it.each(['whpk_', 'whpk_AAAA', 'whpk_!!!'])('takes nothing with %j for a key', (secret) => {
  expect(verify(`v1a,${Buffer.alloc(64).toString('base64')}`, secret)).toBe(false);
});
