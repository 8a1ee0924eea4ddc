import Stripe from 'stripe';
import { InboundDelivery } from '../../delivery/inbound-delivery';
import { InboundHeaders } from '../../delivery/inbound-headers';
import { stripe } from './connector';

const NOW = 1_780_000_000;
const BODY = '{"id":"evt_1","type":"charge.failed"}';
const SECRET = 'whsec_0123456789abcdef';

function verify(header: string) {
  const delivery = new InboundDelivery({
    method: 'POST',
    url: 'https://hub.example.com/',
    headers: InboundHeaders.from({ 'Stripe-Signature': header }),
    body: Buffer.from(BODY),
  });
  return stripe.webhook.scheme.verify(delivery, { secrets: [SECRET], nowSeconds: NOW });
}

const header = (scheme: string) =>
  new Stripe('sk_test_0').webhooks.generateTestHeaderString({
    payload: BODY,
    secret: SECRET,
    timestamp: NOW,
    scheme,
  });

it('takes v1', () => {
  expect(verify(header('v1')).verified).toBe(true);
});

it.each([
  ['another scheme, which may be weaker', header('v0')],
  ['no time', header('v1').replace(/^t=\d+,/, '')],
  ['no list', 'signature'],
])('takes no %s', (_, given) => {
  expect(verify(given)).toEqual({ verified: false, reason: 'malformed_header' });
});

it('goes by the first time', () => {
  expect(verify(`t=${NOW - 1},${header('v1')}`)).toEqual({ verified: false, reason: 'mismatch' });
});
