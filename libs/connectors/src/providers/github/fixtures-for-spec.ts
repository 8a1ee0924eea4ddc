import { numbered, restStandIn } from '../../conformance/hook-stand-in-for-spec';
import { sign } from '@octokit/webhooks-methods';
import examples from '@octokit/webhooks-examples';
import {
  asJson,
  FORM_TYPE,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

function signer(): Signer {
  const secret = randomSecret();
  return {
    secret,
    sign: async ({ body }) => ({ headers: { 'X-Hub-Signature-256': await sign(secret, body.toString()) } }),
  };
}

function example(name: string, action?: string): Record<string, unknown> {
  const all = (examples.find((one) => one.name === name)?.examples ?? []) as unknown as Record<
    string,
    unknown
  >[];
  const found = all.find((one) => action === undefined || one.action === action);
  if (found === undefined) throw new Error(`no example of ${name} ${action}`);
  return found;
}

const headers = (event: string) => ({
  'X-GitHub-Event': event,
  'X-GitHub-Delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
});
const deliveryId = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

const opened = example('pull_request', 'opened');

const hooksOf = (repository: string, path: string) =>
  restStandIn({
    configuration: { repository },
    events: ['push', 'pull_request'],
    authorization: ['authorization', 'Bearer ghp_0123456789'],
    path,
    update: 'PATCH',
    read(body, before) {
      const given = JSON.parse(body) as {
        name?: string;
        config: { url: string; secret: string; content_type: string };
        events: string[];
        active: boolean;
      };
      if (given.config.content_type !== 'json') return undefined;
      // Where a repository takes it for granted, an organisation does not.
      if (before === undefined && path.startsWith('/orgs/') && given.name !== 'web') return undefined;
      return {
        url: given.config.url,
        secret: given.config.secret,
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
      numbered(all, query, 'per_page', 30).map(([id, { url, events, active }]) => ({
        id: Number(id),
        events,
        active,
        config: { url, content_type: 'json', secret: '********' },
      })),
  });

export const fixtures: ConnectorFixtures = {
  configuration: { repository: 'octo-org/octo-repo', webhook_events: ['push'] },
  hooks: hooksOf('octo-org/octo-repo', '/repos/octo-org/octo-repo/hooks'),
  credentials: { access_token: 'ghp_0123456789' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.github.com/user',
      header: ['authorization', 'Bearer ghp_0123456789'],
    },
    answer: {
      login: 'octocat',
      name: null,
      email: 'octocat@github.com',
      html_url: 'https://github.com/octocat',
    },
    account: { login: 'octocat', email: 'octocat@github.com', url: 'https://github.com/octocat' },
  },
  webhooks: [
    {
      name: 'a pull request that is opened',
      signer,
      body: asJson(opened),
      headers: headers('pull_request'),
      expected: {
        deliveryId,
        events: [
          {
            event: 'pull_request',
            action: 'opened',
            topic: 'pull_request.opened',
            repository: 'Codertocat/Hello-World',
            revision: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
            subject: {
              kind: 'pull_request',
              id: '2',
              title: 'Update the README with new information.',
              url: 'https://github.com/Codertocat/Hello-World/pull/2',
            },
            summary:
              'GitHub: pull_request opened pull request 2 in Codertocat/Hello-World: Update the README with new information.',
          },
        ],
        types: ['github.pull_request.opened'],
      },
    },
    {
      name: 'new commits of a pull request',
      signer,
      body: asJson(example('pull_request', 'synchronize')),
      headers: headers('pull_request'),
      expected: {
        deliveryId,
        events: [{ action: 'synchronize', topic: 'pull_request.synchronized' }],
        types: ['github.pull_request.synchronize'],
      },
    },
    {
      name: 'a pull request that is merged',
      signer,
      body: asJson({
        ...opened,
        action: 'closed',
        pull_request: { ...(opened.pull_request as object), merged: true },
      }),
      headers: headers('pull_request'),
      expected: {
        deliveryId,
        events: [{ action: 'closed', topic: 'pull_request.merged' }],
        types: ['github.pull_request.closed'],
      },
    },
    {
      name: 'a push, as a form',
      signer,
      body: new URLSearchParams({ payload: asJson(example('push')) }).toString(),
      headers: { ...headers('push'), 'Content-Type': FORM_TYPE },
      expected: {
        deliveryId,
        events: [
          {
            event: 'push',
            action: null,
            topic: 'push',
            repository: 'Codertocat/Hello-World',
            subject: { kind: 'ref' },
          },
        ],
        types: ['github.push'],
      },
    },
  ],
};

/** The same of an organisation. */
export const ofAnOrganisation: ConnectorFixtures = {
  ...fixtures,
  hooks: hooksOf('octo-org', '/orgs/octo-org/hooks'),
};
