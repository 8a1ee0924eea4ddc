import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

export const fixtures: ConnectorFixtures = {
  configuration: {},
  credentials: { api_key: 'lin_api_0123' },
  connection: {
    request: {
      method: 'POST',
      url: 'https://api.linear.app/graphql',
      header: ['authorization', 'lin_api_0123'],
    },
    answer: { data: { viewer: { id: 'u1', name: 'Dev', email: 'dev@example.com' } } },
    account: { name: 'Dev', email: 'dev@example.com' },
  },
  webhooks: [
    {
      name: 'an issue',
      signer: bodySigner('Linear-Signature', hmac),
      body: (seconds) =>
        asJson({
          action: 'create',
          type: 'Issue',
          createdAt: '2025-08-01T12:00:00.000Z',
          data: { id: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9', identifier: 'LIN-12', title: 'Fix the login' },
          url: 'https://linear.app/acme/issue/LIN-12',
          organizationId: 'd4a5',
          webhookTimestamp: seconds * 1000,
        }),
      headers: { 'Linear-Delivery': '234d1a4e-b617-4388-90fe-adc3633d6b72', 'Linear-Event': 'Issue' },
      expected: {
        deliveryId: '234d1a4e-b617-4388-90fe-adc3633d6b72',
        events: [
          {
            event: 'Issue',
            action: 'create',
            occurred_at: '2025-08-01T12:00:00.000Z',
            subject: { kind: 'issue', id: 'LIN-12', title: 'Fix the login' },
          },
        ],
        types: ['linear.issue.create'],
      },
    },
  ],
};
