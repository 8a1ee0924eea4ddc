import { nextId, type KeptHook, type StandInAnswer } from '../../conformance/hook-stand-in-for-spec';
import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

export const fixtures: ConnectorFixtures = {
  configuration: {},
  hooks: {
    configuration: {},
    events: ['Issue', 'Comment'],
    authorization: ['authorization', 'lin_api_0123'],
    answer({ method, path, body }, hooks) {
      if (method !== 'POST' || path !== '/graphql') return { status: 404 };
      const { query, variables } = JSON.parse(body) as { query: string; variables: Variables };
      return graphql(query, variables, hooks);
    },
  },
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

interface Variables {
  readonly id: string;
  readonly after: string | null;
  readonly input: { url: string; secret: string; resourceTypes: string[]; enabled: boolean };
}

function graphql(
  query: string,
  { id, after, input }: Variables,
  hooks: Map<string, KeptHook>,
): StandInAnswer {
  const kept = (): KeptHook => ({
    url: input.url,
    secret: input.secret,
    events: input.resourceTypes,
    active: input.enabled,
  });
  if (query.includes('webhookCreate(')) {
    const made = nextId();
    hooks.set(made, kept());
    return { status: 200, body: { data: { webhookCreate: { success: true, webhook: { id: made } } } } };
  }
  if (query.includes('webhooks(')) {
    const all = [...hooks];
    const start = after === null ? 0 : all.findIndex(([one]) => one === after) + 1;
    const nodes = all.slice(start, start + 50).map(([one, { url }]) => ({ id: one, url }));
    const pageInfo = { hasNextPage: all.length > start + 50, endCursor: nodes.at(-1)?.id ?? null };
    return { status: 200, body: { data: { webhooks: { nodes, pageInfo } } } };
  }
  if (!hooks.has(id)) {
    return { status: 200, body: { data: null, errors: [{ message: 'Entity not found', extensions: {} }] } };
  }
  if (query.includes('webhookDelete(')) hooks.delete(id);
  else hooks.set(id, kept());
  const name = query.includes('webhookDelete(') ? 'webhookDelete' : 'webhookUpdate';
  return { status: 200, body: { data: { [name]: { success: true } } } };
}
