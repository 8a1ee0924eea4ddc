import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

const HEADER = 'X-Signature-256';

const hex = bodySigner(HEADER, hmac);
const prefixedHex = bodySigner(HEADER, (secret, body) => `sha256=${hmac(secret, body)}`);
const base64 = bodySigner(HEADER, (secret, body) => hmac(secret, body, 'base64'));

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://api.example.com/v1/ping' },
  credentials: { api_key: 'key0123' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.example.com/v1/ping',
      header: ['authorization', 'Bearer key0123'],
    },
    answer: {},
    account: {},
  },
  webhooks: [
    {
      name: 'JSON of whatever kind',
      signer: hex,
      body: asJson({ event: 'Order Shipped', occurred_at: '2025-01-01T00:00:00Z' }),
      expected: {
        deliveryId: null,
        events: [{ event: 'Order Shipped', occurred_at: '2025-01-01T00:00:00.000Z' }],
        types: ['generic.order_shipped'],
      },
    },
    {
      name: 'no JSON, and a name in a header',
      signer: prefixedHex,
      body: '<order id="1"/>',
      headers: { 'Content-Type': 'text/xml', 'X-Event-Type': 'order.shipped' },
      expected: { deliveryId: null, events: [{ event: 'order.shipped' }], types: ['generic.order.shipped'] },
    },
    {
      name: 'nothing that can be named',
      signer: base64,
      body: 'hello',
      headers: { 'Content-Type': 'text/plain' },
      expected: {
        deliveryId: null,
        events: [{ event: 'unknown', subject: null }],
        types: ['generic.unknown'],
      },
    },
    {
      name: 'a structured CloudEvent',
      signer: hex,
      body: asJson({
        specversion: '1.0',
        type: 'com.example.someevent',
        source: '/mycontext',
        subject: 'cow/1',
        id: 'A234-1234-1234',
        time: '2018-04-05T17:31:00Z',
        data: {},
      }),
      headers: { 'Content-Type': 'application/cloudevents+json' },
      expected: {
        deliveryId: '/mycontext#A234-1234-1234',
        events: [
          {
            event: 'com.example.someevent',
            occurred_at: '2018-04-05T17:31:00.000Z',
            subject: { kind: 'subject', id: 'cow/1' },
          },
        ],
        types: ['generic.com.example.someevent'],
      },
    },
    {
      name: 'a binary CloudEvent',
      signer: hex,
      body: '{}',
      headers: {
        'ce-specversion': '1.0',
        'ce-type': 'com.example.someevent',
        'ce-source': '/mycontext',
        'ce-id': '1',
        'ce-time': '2018-04-05T17:31:00Z',
      },
      expected: {
        deliveryId: '/mycontext#1',
        events: [{ event: 'com.example.someevent', occurred_at: '2018-04-05T17:31:00.000Z' }],
        types: ['generic.com.example.someevent'],
      },
    },
  ],
};
