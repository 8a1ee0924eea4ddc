import { restStandIn } from '../../conformance/hook-stand-in-for-spec';
import Stripe from 'stripe';
import {
  asJson,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

const library = new Stripe('sk_test_0');

function signer(): Signer {
  const secret = `whsec_${randomSecret()}`;
  return {
    secret,
    sign: ({ body, seconds }) => ({
      headers: {
        'Stripe-Signature': library.webhooks.generateTestHeaderString({
          payload: body.toString(),
          secret,
          timestamp: seconds,
        }),
      },
    }),
  };
}

/** While a secret is rolled; the older one last. */
function rolling(): Signer {
  const [one, other] = [signer(), signer()];
  return {
    secret: other.secret,
    sign: async (unsigned) => {
      const [first, second] = [await one.sign(unsigned), await other.sign(unsigned)];
      const last = second.headers['Stripe-Signature']?.split(',')[1] ?? '';
      return { headers: { 'Stripe-Signature': `${first.headers['Stripe-Signature']},v0=abc,${last}` } };
    },
  };
}

const body = asJson({
  id: 'evt_1NG8Du2eZvKYlo2CUI79vXWy',
  object: 'event',
  api_version: '2025-09-30.clover',
  created: 1686089970,
  data: {
    object: { id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa', object: 'payment_intent', amount: 2000, currency: 'usd' },
  },
  livemode: false,
  type: 'payment_intent.succeeded',
});

const expected = {
  deliveryId: 'evt_1NG8Du2eZvKYlo2CUI79vXWy',
  events: [
    {
      event: 'payment_intent.succeeded',
      action: null,
      occurred_at: '2023-06-06T22:19:30.000Z',
      subject: { kind: 'payment_intent', id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa' },
    },
  ],
  types: ['stripe.payment_intent.succeeded'],
};

export const fixtures: ConnectorFixtures = {
  configuration: {
    base_url: 'https://api.stripe.com',
    webhook_url: 'https://api.example.com/webhooks/stripe',
  },
  hooks: restStandIn({
    configuration: {},
    events: ['invoice.paid', 'charge.failed'],
    authorization: ['authorization', 'Bearer sk_live_51AbCdEfGhIjKlMnOpQrStUvWxYz'],
    path: '/v1/webhook_endpoints',
    update: 'POST',
    created: 200,
    newId: () => `we_${randomSecret()}`,
    read(body, before) {
      const given = new URLSearchParams(body);
      // It refuses what it does not know, and what cannot be said when one is made.
      const known = ['url', 'enabled_events[]', ...(before === undefined ? [] : ['disabled'])];
      if ([...given.keys()].some((name) => !known.includes(name))) return undefined;
      return {
        url: given.get('url') ?? '',
        secret: before?.secret ?? `whsec_${randomSecret()}`,
        events: given.getAll('enabled_events[]'),
        active: given.get('disabled') !== 'true',
      };
    },
    show: (id, { url, secret, events }, made) => ({
      id,
      object: 'webhook_endpoint',
      url,
      enabled_events: events,
      ...(made && { secret }),
    }),
    page: (query, all) => {
      const after = query.get('starting_after');
      const start = after === null ? 0 : all.findIndex(([id]) => id === after) + 1;
      const most = Number(query.get('limit') ?? 10);
      return {
        object: 'list',
        has_more: all.length > start + most,
        data: all
          .slice(start, start + most)
          .map(([id, { url }]) => ({ id, object: 'webhook_endpoint', url })),
      };
    },
  }),
  credentials: { api_key: 'sk_live_51AbCdEfGhIjKlMnOpQrStUvWxYz' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.stripe.com/v1/account',
      header: ['authorization', 'Bearer sk_live_51AbCdEfGhIjKlMnOpQrStUvWxYz'],
    },
    answer: {
      id: 'acct_1032D82eZvKYlo2C',
      business_profile: { name: 'Example Company' },
      country: 'US',
      email: 'billing@example.com',
    },
    account: {
      id: 'acct_1032D82eZvKYlo2C',
      name: 'Example Company',
      email: 'billing@example.com',
      country: 'US',
    },
  },
  webhooks: [
    { name: 'a payment', signer, body, expected },
    { name: 'a payment, while the secret is rolled', signer: rolling, body, expected },
  ],
};
