import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

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
