import { numbered, restStandIn } from '../../conformance/hook-stand-in-for-spec';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import {
  asJson,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

function token(): Signer {
  const secret = randomSecret();
  return { secret, sign: () => ({ headers: { 'X-Gitlab-Token': secret } }) };
}

const ID = 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f';

function signingToken(): Signer {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  return {
    secret,
    sign: ({ body, seconds }) => ({
      headers: {
        'webhook-id': ID,
        'webhook-timestamp': String(seconds),
        'webhook-signature': new Webhook(secret).sign(ID, new Date(seconds * 1000), body),
      },
    }),
  };
}

function mergeRequest(attributes: Record<string, unknown>): string {
  return asJson({
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: { id: 1, name: 'Administrator', username: 'root' },
    project: { id: 1, name: 'Gitlab Test', path_with_namespace: 'gitlabhq/gitlab-test' },
    object_attributes: {
      id: 99,
      iid: 7,
      title: 'MS-Viewport',
      created_at: '2025-12-03T17:23:34Z',
      updated_at: '2025-12-03 18:23:34 UTC',
      url: 'http://example.com/diaspora/merge_requests/1',
      last_commit: { id: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7' },
      ...attributes,
    },
  });
}

const headers = {
  'X-Gitlab-Event': 'Merge Request Hook',
  'X-Gitlab-Webhook-UUID': 'c0a1f0b2-0000-4000-8000-000000000001',
  'X-Gitlab-Event-UUID': '13792a34-cac6-4fda-95a8-c58e00a3954e',
  'Idempotency-Key': ID,
};

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://gitlab.example.com/gitlab/' },
  hooks: restStandIn({
    configuration: { repository: 'group/sub/project' },
    events: ['push_events', 'merge_requests_events'],
    authorization: ['private-token', 'glpat-0123456789'],
    path: '/api/v4/projects/group%2Fsub%2Fproject/hooks',
    update: 'PUT',
    read(body) {
      const {
        url,
        token,
        enable_ssl_verification: verified,
        ...switches
      } = JSON.parse(body) as {
        url: string;
        token: string;
        enable_ssl_verification: boolean;
      };
      if (!verified || 'id' in switches) return undefined;
      const events = Object.entries(switches).flatMap(([name, on]) => (on ? [name] : []));
      return { url, secret: token, events, active: events.length > 0 };
    },
    show: (id, { url }) => ({ id: Number(id), url, enable_ssl_verification: true }),
    page: (query, all) =>
      numbered(all, query, 'per_page', 20).map(([id, { url }]) => ({ id: Number(id), url })),
  }),
  credentials: { access_token: 'glpat-0123456789' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://gitlab.example.com/gitlab/api/v4/user',
      header: ['private-token', 'glpat-0123456789'],
    },
    answer: { id: 1, username: 'root', name: 'Administrator', web_url: 'https://gitlab.example.com/root' },
    account: { login: 'root', name: 'Administrator', url: 'https://gitlab.example.com/root' },
  },
  webhooks: [
    {
      name: 'a merge request that is opened, with a secret token',
      signer: token,
      body: mergeRequest({ action: 'open' }),
      headers,
      expected: {
        deliveryId: ID,
        events: [
          {
            event: 'merge_request',
            action: 'open',
            topic: 'pull_request.opened',
            repository: 'gitlabhq/gitlab-test',
            revision: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
            occurred_at: '2025-12-03T18:23:34.000Z',
            subject: {
              kind: 'pull_request',
              id: '7',
              title: 'MS-Viewport',
              url: 'http://example.com/diaspora/merge_requests/1',
            },
          },
        ],
        types: ['gitlab.merge_request.open'],
      },
    },
    {
      name: 'new commits of a merge request, with a signing token',
      signer: signingToken,
      body: mergeRequest({ action: 'update', oldrev: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }),
      headers,
      expected: {
        deliveryId: ID,
        events: [{ action: 'update', topic: 'pull_request.synchronized' }],
        types: ['gitlab.merge_request.update'],
      },
    },
    {
      name: 'another title of a merge request',
      signer: token,
      body: mergeRequest({ action: 'update' }),
      headers,
      expected: {
        deliveryId: ID,
        events: [{ action: 'update', topic: 'pull_request.updated' }],
        types: ['gitlab.merge_request.update'],
      },
    },
    {
      name: 'a push',
      signer: token,
      body: asJson({
        object_kind: 'push',
        event_name: 'push',
        before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
        after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
        ref: 'refs/heads/master',
        checkout_sha: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
        project: { path_with_namespace: 'mike/diaspora' },
        commits: [],
        total_commits_count: 4,
      }),
      headers: {
        'X-Gitlab-Event': 'Push Hook',
        'X-Gitlab-Event-UUID': '13792a34-cac6-4fda-95a8-c58e00a3954e',
      },
      expected: {
        deliveryId: '13792a34-cac6-4fda-95a8-c58e00a3954e',
        events: [
          {
            event: 'push',
            topic: 'push',
            repository: 'mike/diaspora',
            subject: { kind: 'ref', id: 'refs/heads/master' },
          },
        ],
        types: ['gitlab.push'],
      },
    },
  ],
};
