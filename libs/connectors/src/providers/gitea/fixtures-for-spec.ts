import { numbered, restStandIn } from '../../conformance/hook-stand-in-for-spec';
import { asJson, bodySigner, hmac, type ConnectorFixtures } from '../../conformance/fixture-for-spec';

const signer = bodySigner('X-Gitea-Signature', hmac);
const withPrefix = bodySigner('X-Gitea-Signature', (secret, body) => `sha256=${hmac(secret, body)}`);

const deliveryId = 'f6266f16-1bf3-46a5-9ea4-602e06ead473';
/** Gitea sends the names of GitHub and Gogs too. */
const headers = (event: string) => ({
  'X-GitHub-Delivery': deliveryId,
  'X-GitHub-Event': event,
  'X-Gogs-Delivery': deliveryId,
  'X-Gitea-Delivery': deliveryId,
  'X-Gitea-Event': event,
  'X-Gitea-Event-Type': event,
});

const pullRequest = (action: string, merged = false) =>
  asJson({
    action,
    number: 42,
    pull_request: {
      id: 11,
      number: 42,
      title: 'feat: Add new feature',
      html_url: 'https://gitea.example.com/owner/repo/pulls/42',
      merged,
      updated_at: '2024-01-15T10:30:00Z',
      head: { ref: 'feature', sha: 'bffeb74224043ba2feb48d137756c8a9331c449a' },
    },
    repository: { id: 140, name: 'repo', full_name: 'owner/repo' },
    sender: { login: 'developer' },
  });

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://gitea.example.com' },
  hooks: restStandIn({
    configuration: { repository: 'owner/repo' },
    events: ['push', 'pull_request'],
    authorization: ['authorization', 'token 0123456789abcdef'],
    path: '/api/v1/repos/owner/repo/hooks',
    update: 'PATCH',
    read(body, before) {
      const given = JSON.parse(body) as {
        type?: string;
        config: { url: string; secret: string; content_type: string };
        events: string[];
        active: boolean;
      };
      if (given.config.content_type !== 'json' || (before === undefined && given.type !== 'gitea'))
        return undefined;
      return {
        url: given.config.url,
        // Another one is taken without a word, and not kept.
        secret: before?.secret ?? given.config.secret,
        events: given.events,
        active: given.active,
      };
    },
    show: (id, { url, events, active }) => ({
      id: Number(id),
      events,
      active,
      config: { url, content_type: 'json', secret: '********' },
    }),
    page: (query, all) =>
      numbered(all, query, 'limit', 30).map(([id, { url, events, active }]) => ({
        id: Number(id),
        events,
        active,
        config: { url, content_type: 'json', secret: '********' },
      })),
  }),
  credentials: { access_token: '0123456789abcdef' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://gitea.example.com/api/v1/user',
      header: ['authorization', 'token 0123456789abcdef'],
    },
    answer: { login: 'developer', full_name: 'A Developer', email: 'dev@example.com' },
    account: { login: 'developer', name: 'A Developer', email: 'dev@example.com' },
  },
  webhooks: [
    {
      name: 'a pull request that is opened',
      signer,
      body: pullRequest('opened'),
      headers: headers('pull_request'),
      expected: {
        deliveryId,
        events: [
          {
            event: 'pull_request',
            action: 'opened',
            topic: 'pull_request.opened',
            repository: 'owner/repo',
            revision: 'bffeb74224043ba2feb48d137756c8a9331c449a',
            occurred_at: '2024-01-15T10:30:00.000Z',
          },
        ],
        types: ['gitea.pull_request.opened'],
      },
    },
    {
      name: 'new commits of a pull request',
      signer,
      body: pullRequest('synchronized'),
      headers: headers('pull_request'),
      expected: {
        deliveryId,
        events: [{ action: 'synchronized', topic: 'pull_request.synchronized' }],
        types: ['gitea.pull_request.synchronized'],
      },
    },
    {
      name: 'a merged pull request, with the prefix that S4 shows',
      signer: withPrefix,
      body: pullRequest('closed', true),
      headers: headers('pull_request'),
      expected: {
        deliveryId,
        events: [{ action: 'closed', topic: 'pull_request.merged' }],
        types: ['gitea.pull_request.closed'],
      },
    },
  ],
};
