import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { InboundDelivery } from '../../delivery/inbound-delivery';
import { InboundHeaders } from '../../delivery/inbound-headers';
import { gitlab } from './connector';

const NOW = 1_780_000_000;
const BODY = '{"object_kind":"push"}';
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** A hook with both a secret token and a signing token sends both proofs. */
function verify(sent: { token: string; signing: string; at?: number }, secrets: readonly string[]) {
  const seconds = sent.at ?? NOW;
  const headers = InboundHeaders.from({
    'X-Gitlab-Token': sent.token,
    'webhook-id': 'm1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': new Webhook(sent.signing).sign('m1', new Date(seconds * 1000), BODY),
  });
  const delivery = new InboundDelivery({
    method: 'POST',
    url: 'https://hub.example.com/',
    headers,
    body: Buffer.from(BODY),
  });
  return gitlab.webhook.scheme.verify(delivery, { secrets, nowSeconds: NOW });
}

it('takes either proof of a hook that gives both', () => {
  const [token, signing] = [newSecret(), newSecret()];
  expect(verify({ token, signing }, [signing])).toEqual({ verified: true, secretIndex: 0 });
  expect(verify({ token, signing }, [newSecret(), token])).toEqual({ verified: true, secretIndex: 1 });
  expect(verify({ token, signing }, [newSecret()])).toEqual({ verified: false, reason: 'mismatch' });
});

it('takes no token in place of a signature that is stale', () => {
  const secret = newSecret();
  const at = NOW - 301;
  expect(verify({ token: secret, signing: secret, at }, [secret])).toEqual({
    verified: false,
    reason: 'stale',
  });
});

it('is known by the id that is signed, whatever else it bears', () => {
  const id = (headers: Record<string, string>) =>
    gitlab.webhook.deliveryId(
      new InboundDelivery({
        method: 'POST',
        url: 'https://hub.example.com/',
        headers: InboundHeaders.from(headers),
        body: Buffer.from(BODY),
      }),
    );
  const both = { 'Idempotency-Key': 'anything', 'webhook-id': 'm1' };
  expect(id({ ...both, 'webhook-signature': 'v1,x' })).toBe('m1');
  expect(id(both)).toBe('anything');
  expect(id({ 'webhook-id': 'm1' })).toBe('m1');
});
