import { randomUUID } from 'node:crypto';
import { numbered, restStandIn } from '../../conformance/hook-stand-in-for-spec';
import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

const signer = bodySigner('X-Hub-Signature', (secret, body) => `sha256=${hmac(secret, body)}`);

const deliveryId = '8d5a8b9e-3a0c-4b0e-9b1e-000000000001';

export const fixtures: ConnectorFixtures = {
  configuration: { repository: 'team/repo' },
  hooks: restStandIn({
    configuration: { repository: 'team/repo' },
    events: ['repo:push', 'pullrequest:created'],
    authorization: [
      'authorization',
      `Basic ${Buffer.from('dev@example.com:ATATT0123456789').toString('base64')}`,
    ],
    path: '/repositories/team/repo/hooks',
    update: 'PUT',
    newId: () => `{${randomUUID()}}`,
    read(body) {
      const { url, secret, events, active } = JSON.parse(body) as {
        url: string;
        secret: string;
        events: string[];
        active: boolean;
      };
      return { url, secret, events, active };
    },
    show: (uuid, { url, events, active }) => ({ type: 'webhook_subscription', uuid, url, events, active }),
    page: (query, all) => {
      const page = Number(query.get('page') ?? 1);
      const values = numbered(all, query, 'pagelen', 10);
      return {
        page,
        values: values.map(([uuid, { url, events, active }]) => ({ uuid, url, events, active })),
        ...(all.length > page * 100 && { next: `https://api.bitbucket.org/2.0/hooks?page=${page + 1}` }),
      };
    },
  }),
  credentials: { access_token: 'ATATT0123456789', email: 'dev@example.com' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.bitbucket.org/2.0/user',
      header: ['authorization', 'Basic ZGV2QGV4YW1wbGUuY29tOkFUQVRUMDEyMzQ1Njc4OQ=='],
    },
    answer: {
      username: 'dev',
      display_name: 'A Developer',
      links: { html: { href: 'https://bitbucket.org/dev/' } },
    },
    account: { login: 'dev', name: 'A Developer', url: 'https://bitbucket.org/dev/' },
  },
  webhooks: [
    {
      name: 'a pull request of Bitbucket Cloud',
      signer,
      body: asJson({
        repository: { type: 'repository', full_name: 'team/repo', name: 'repo' },
        actor: { display_name: 'A Developer' },
        pullrequest: {
          id: 3,
          title: 'Fix it',
          updated_on: '2025-06-01T12:00:00.123456+00:00',
          source: { commit: { hash: 'd3022fc0ca3d' } },
          links: { html: { href: 'https://bitbucket.org/team/repo/pull-requests/3' } },
        },
      }),
      headers: {
        'X-Event-Key': 'pullrequest:updated',
        'X-Request-UUID': deliveryId,
        'X-Attempt-Number': '2',
      },
      expected: {
        deliveryId,
        events: [
          {
            event: 'pullrequest',
            action: 'updated',
            topic: 'pull_request.synchronized',
            repository: 'team/repo',
            revision: 'd3022fc0ca3d',
            occurred_at: '2025-06-01T12:00:00.123Z',
          },
        ],
        types: ['bitbucket.pullrequest.updated'],
      },
    },
    {
      name: 'a push',
      signer,
      body: asJson({
        repository: { full_name: 'team/repo' },
        push: { changes: [{ new: { type: 'branch', name: 'main', target: { hash: '709d658dc5b6' } } }] },
      }),
      headers: { 'X-Event-Key': 'repo:push', 'X-Request-UUID': deliveryId },
      expected: {
        deliveryId,
        events: [{ event: 'repo', action: 'push', topic: 'push', revision: '709d658dc5b6' }],
        types: ['bitbucket.repo.push'],
      },
    },
    {
      name: 'a pull request of Bitbucket Data Center',
      signer,
      body: asJson({
        eventKey: 'pr:merged',
        date: '2025-06-01T14:00:00+0200',
        pullRequest: {
          id: 9,
          title: 'Merge me',
          fromRef: { latestCommit: 'ecddabb624f6f5ba43816f5926e580a5f680a932' },
          toRef: { repository: { slug: 'repo', project: { key: 'WORK' } } },
        },
      }),
      headers: { 'X-Event-Key': 'pr:merged', 'X-Request-Id': deliveryId },
      expected: {
        deliveryId,
        events: [
          { topic: 'pull_request.merged', repository: 'WORK/repo', occurred_at: '2025-06-01T12:00:00.000Z' },
        ],
        types: ['bitbucket.pr.merged'],
      },
    },
  ],
};
