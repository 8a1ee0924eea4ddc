import {
  asJson,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

function password(): Signer {
  const secret = randomSecret();
  return { secret, sign: () => ({ headers: { Authorization: basic('hub', secret) } }) };
}

function userAndPassword(): Signer {
  const secret = randomSecret();
  return { secret: `hub:${secret}`, sign: () => ({ headers: { Authorization: basic('hub', secret) } }) };
}

function basic(user: string, secret: string): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

const pullRequest = (eventType: string, status: string) =>
  asJson({
    subscriptionId: '00000000-0000-0000-0000-000000000000',
    notificationId: 48,
    id: '2ab4e3d3-b7a6-425e-92b1-5a9982c1269e',
    eventType,
    publisherId: 'tfs',
    message: { text: 'Jamal Hartnett created a new pull request' },
    resource: {
      repository: { id: '4bc14d40', name: 'Fabrikam', project: { id: '6ce954b1', name: 'FabrikamFiber' } },
      pullRequestId: 1,
      status,
      title: 'my first pull request',
      lastMergeSourceCommit: { commitId: '53d54ac915144006c2c9e90d2c7d3880920db49c' },
      _links: {
        web: { href: 'https://dev.azure.com/fabrikam/FabrikamFiber/_git/Fabrikam/pullrequest/1#view' },
      },
    },
    createdDate: '2025-06-05T00:17:02.6890000Z',
  });

const deliveryId = '2ab4e3d3-b7a6-425e-92b1-5a9982c1269e';

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://dev.azure.com/fabrikam' },
  credentials: { access_token: 'pat0123' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://dev.azure.com/fabrikam/_apis/projects?$top=1&api-version=7.1',
      header: ['authorization', 'Basic OnBhdDAxMjM='],
    },
    answer: { count: 1, value: [{ name: 'FabrikamFiber' }] },
    account: {},
  },
  webhooks: [
    {
      name: 'a pull request',
      signer: password,
      body: pullRequest('git.pullrequest.created', 'active'),
      expected: {
        deliveryId,
        events: [
          {
            event: 'git.pullrequest.created',
            topic: 'pull_request.opened',
            repository: 'FabrikamFiber/Fabrikam',
            revision: '53d54ac915144006c2c9e90d2c7d3880920db49c',
            occurred_at: '2025-06-05T00:17:02.689Z',
            subject: { kind: 'pull_request', id: '1', title: 'my first pull request' },
          },
        ],
        types: ['azure_devops.git.pullrequest.created'],
      },
    },
    {
      name: 'an abandoned pull request, with the user name in the secret',
      signer: userAndPassword,
      body: pullRequest('git.pullrequest.updated', 'abandoned'),
      expected: {
        deliveryId,
        events: [{ topic: 'pull_request.closed' }],
        types: ['azure_devops.git.pullrequest.updated'],
      },
    },
    {
      name: 'a work item',
      signer: password,
      body: asJson({
        id: deliveryId,
        eventType: 'workitem.created',
        message: { text: 'Bug #5 created' },
        resource: { id: 5, rev: 1, fields: { 'System.Title': 'Some great new idea!' } },
        createdDate: '2025-06-05T00:17:02Z',
      }),
      expected: {
        deliveryId,
        events: [{ topic: null, subject: { kind: 'work_item', id: '5', title: 'Bug #5 created' } }],
        types: ['azure_devops.workitem.created'],
      },
    },
  ],
};
