import { type KeptHook, restStandIn } from '../../conformance/hook-stand-in-for-spec';
import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

const signer = bodySigner('X-Hub-Signature', (secret, body) => `sha256=${hmac(secret, body)}`);

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://example.atlassian.net', project_key: 'TEST' },
  hooks: restStandIn({
    configuration: { project_key: 'TEST' },
    events: ['jira:issue_created', 'comment_created'],
    authorization: ['authorization', `Basic ${Buffer.from('dev@example.com:ATATT0123').toString('base64')}`],
    path: '/rest/webhooks/1.0/webhook',
    update: 'PUT',
    onePage: true,
    read(body) {
      const { url, secret, events, enabled, filters } = JSON.parse(body) as {
        url: string;
        secret: string;
        events: string[];
        enabled: boolean;
        filters: Record<string, string>;
      };
      if (filters['issue-related-events-section'] !== 'project = TEST') return undefined;
      return { url, secret, events, active: enabled };
    },
    show: shown,
    page: (_, all) => all.map(([id, hook]) => shown(id, hook)),
  }),
  credentials: { api_token: 'ATATT0123', email: 'dev@example.com' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://example.atlassian.net/rest/api/2/myself',
      header: ['authorization', 'Basic ZGV2QGV4YW1wbGUuY29tOkFUQVRUMDEyMw=='],
    },
    answer: {
      accountId: '5b10a2844c20165700ede21g',
      displayName: 'Mia Krystof',
      emailAddress: 'mia@example.com',
    },
    account: { name: 'Mia Krystof', email: 'mia@example.com' },
  },
  webhooks: [
    {
      name: 'a changed issue',
      signer,
      body: asJson({
        timestamp: 1525698237764,
        webhookEvent: 'jira:issue_updated',
        issue_event_type_name: 'issue_assigned',
        issue: { id: '99291', key: 'TEST-1', fields: { summary: 'I feel the need for speed' } },
      }),
      headers: { 'X-Atlassian-Webhook-Identifier': '2ec5a3ab-0c8d-4b5a-9c5d-0a1b2c3d4e5f' },
      expected: {
        deliveryId: '2ec5a3ab-0c8d-4b5a-9c5d-0a1b2c3d4e5f',
        events: [
          {
            event: 'issue_updated',
            action: 'issue_assigned',
            occurred_at: '2018-05-07T13:03:57.764Z',
            subject: { kind: 'issue', id: 'TEST-1', title: 'I feel the need for speed' },
          },
        ],
        types: ['jira.issue_updated.issue_assigned'],
      },
    },
  ],
};

function shown(id: string, { url, events, active }: KeptHook) {
  return {
    self: `https://example.atlassian.net/rest/webhooks/1.0/webhook/${id}`,
    url,
    events,
    enabled: active,
  };
}
