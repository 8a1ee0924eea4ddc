import { type KeptHook, restStandIn } from '../../conformance/hook-stand-in-for-spec';
import {
  asJson,
  bodySigner,
  hmac,
  randomSecret,
  type ConnectorFixtures,
} from '../../conformance/fixture-for-spec';

const signer = bodySigner('X-PagerDuty-Signature', (secret, body) => `v1=${hmac(secret, body)}`);
const rotating = bodySigner(
  'X-PagerDuty-Signature',
  (secret, body) => `v1=${hmac('another', body)},v2=${hmac('x', body)}, v1=${hmac(secret, body)}`,
);

const body = asJson({
  event: {
    id: '01BYPV8M0BSGCSTRLSZSLN80UP',
    event_type: 'incident.triggered',
    resource_type: 'incident',
    occurred_at: '2020-10-02T18:45:22.169Z',
    agent: { id: 'PLH1HKV', type: 'user_reference' },
    data: {
      id: 'PGR0VU2',
      type: 'incident',
      html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
      number: 2,
      title: 'A little bump in the road',
    },
  },
});
const expected = {
  deliveryId: '01BYPV8M0BSGCSTRLSZSLN80UP',
  events: [
    {
      event: 'incident.triggered',
      occurred_at: '2020-10-02T18:45:22.169Z',
      subject: {
        kind: 'incident',
        id: 'PGR0VU2',
        title: 'A little bump in the road',
        url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
      },
    },
  ],
  types: ['pagerduty.incident.triggered'],
};

export const fixtures: ConnectorFixtures = {
  configuration: {},
  hooks: restStandIn({
    configuration: {},
    events: ['incident.triggered', 'incident.resolved'],
    authorization: ['authorization', 'Token token=y_NbAkKc66ryYTWUXYEu'],
    path: '/webhook_subscriptions',
    update: 'PUT',
    read(body, before) {
      const { webhook_subscription: given } = JSON.parse(body) as {
        webhook_subscription: {
          delivery_method?: { type: string; url: string };
          events: string[];
          filter: { type: string };
          active: boolean;
        };
      };
      const { delivery_method: to, events, filter, active } = given;
      // Only one that is made takes an address.
      if ((to === undefined) !== (before !== undefined) || filter.type !== 'account_reference')
        return undefined;
      const { url, secret } = before ?? { url: to?.url ?? '', secret: randomSecret() };
      return { url, secret, events, active };
    },
    show: (id, hook, made) => ({ webhook_subscription: subscription(id, hook, made) }),
    page: (query, all) => {
      const [start, most] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 25)];
      return {
        webhook_subscriptions: all
          .slice(start, start + most)
          .map(([id, hook]) => subscription(id, hook, false)),
        limit: most,
        offset: start,
        more: all.length > start + most,
      };
    },
  }),
  credentials: { api_key: 'y_NbAkKc66ryYTWUXYEu' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.pagerduty.com/abilities',
      header: ['authorization', 'Token token=y_NbAkKc66ryYTWUXYEu'],
    },
    answer: { abilities: ['sso'] },
    account: {},
  },
  webhooks: [
    { name: 'an incident', signer, body, expected },
    { name: 'an incident, signed with two secrets', signer: rotating, body, expected },
  ],
};

function subscription(id: string, { url, secret, events, active }: KeptHook, made: boolean) {
  return {
    id,
    type: 'webhook_subscription',
    active,
    delivery_method: { type: 'http_delivery_method', url, secret: made ? secret : null },
    events,
  };
}
