import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

const signer = bodySigner('X-Shopify-Hmac-Sha256', (secret, body) => hmac(secret, body, 'base64'));

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://example.myshopify.com' },
  credentials: { access_token: 'shpat_0123456789' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://example.myshopify.com/admin/api/2026-01/shop.json',
      header: ['x-shopify-access-token', 'shpat_0123456789'],
    },
    answer: {
      shop: { id: 548380009, name: 'John Smith Test Store', email: 'j.smith@example.com', country: 'US' },
    },
    account: { name: 'John Smith Test Store', email: 'j.smith@example.com', country: 'US' },
  },
  webhooks: [
    {
      name: 'an order',
      signer,
      body: asJson({
        admin_graphql_api_id: 'gid://shopify/Order/820982911946154508',
        name: '#9999',
        email: 'jon@example.com',
        total_price: '254.98',
      }),
      headers: {
        'X-Shopify-Topic': 'orders/create',
        'X-Shopify-Webhook-Id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
        'X-Shopify-Event-Id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
        'X-Shopify-Shop-Domain': 'example.myshopify.com',
        'X-Shopify-Triggered-At': '2025-03-29T18:00:27.877041743Z',
      },
      expected: {
        deliveryId: 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
        events: [
          {
            event: 'orders',
            action: 'create',
            occurred_at: '2025-03-29T18:00:27.877Z',
            subject: { kind: 'orders', id: 'gid://shopify/Order/820982911946154508', title: '#9999' },
          },
        ],
        types: ['shopify.orders.create'],
      },
    },
  ],
};
