import { asJson, hmac, randomSecret, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

export const fixtures: ConnectorFixtures = {
  configuration: {},
  credentials: { api_key: 'trello-key-0123', api_token: 'trello-token-0123' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.trello.com/1/members/me',
      header: [
        'authorization',
        'OAuth oauth_consumer_key="trello-key-0123", oauth_token="trello-token-0123"',
      ],
    },
    answer: { id: '4ee7df3ce582acdec80000b2', fullName: 'Dev', email: 'dev@example.com' },
    account: { id: '4ee7df3ce582acdec80000b2', name: 'Dev', email: 'dev@example.com' },
  },
  webhooks: [
    {
      name: 'a changed card',
      signer: () => {
        const secret = randomSecret();
        return {
          secret,
          sign: ({ body, url }) => ({
            headers: {
              'X-Trello-Webhook': hmac(secret, Buffer.concat([body, Buffer.from(url)]), 'base64', 'sha1'),
            },
          }),
        };
      },
      body: asJson({
        action: {
          id: '51f9424bcd6e040f3c002412',
          idMemberCreator: '4fc78a59a885233f4b349bd9',
          data: {
            board: { name: 'Trello Development', id: '4d5ea62fd76aa1136000000c' },
            card: { idShort: 1458, name: 'Webhooks', id: '51a79e72dbb7e23c7c003778' },
          },
          type: 'updateCard',
          date: '2013-07-31T16:58:51.949Z',
        },
        model: {
          id: '4d5ea62fd76aa1136000000c',
          name: 'Trello Development',
          url: 'https://trello.com/b/nC8QJJoZ/trello-development',
        },
      }),
      expected: {
        deliveryId: '51f9424bcd6e040f3c002412',
        events: [
          {
            event: 'updateCard',
            occurred_at: '2013-07-31T16:58:51.949Z',
            subject: { kind: 'card', id: '51a79e72dbb7e23c7c003778', title: 'Webhooks' },
          },
        ],
        types: ['trello.update_card'],
      },
    },
  ],
};
