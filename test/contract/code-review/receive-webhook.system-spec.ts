import { randomUUID } from 'node:crypto';
import { sign } from '@octokit/webhooks-methods';
import { useHub } from '../hub';
import {
  deliver,
  eventsOf,
  makeEndpoint,
  SECRET,
  type WebhookEndpoint,
} from '../integration-management/webhook-endpoints';

const hub = useHub();
const PULL_REQUEST = JSON.stringify({ action: 'opened', pull_request: { number: 42 } });
const PUSH = JSON.stringify({
  ref: 'refs/heads/main',
  repository: { id: 123456789, name: 'repo-name', full_name: 'user/repo-name' },
});

interface Received {
  readonly success: boolean;
  readonly data: { readonly received: boolean; readonly eventType: string; readonly reviewId: string | null };
}

async function gitea(body: string, secret: string): Promise<Record<string, string>> {
  const signature = (await sign(secret, body)).replace('sha256=', '');
  return {
    'X-Gitea-Event': 'pull_request',
    'X-Gitea-Delivery': randomUUID(),
    'X-Gitea-Signature': signature,
    'Content-Type': 'application/json',
  };
}

async function github(body: string, secret = SECRET): Promise<Record<string, string>> {
  return {
    'Content-Type': 'application/json',
    'X-GitHub-Event': 'push',
    'X-GitHub-Delivery': randomUUID(),
    'X-Hub-Signature-256': await sign(secret, body),
  };
}

const endpointOf = (provider: string, header: string, secret: string): Promise<WebhookEndpoint> =>
  makeEndpoint(hub, provider, { signature_header: header, secret });

describe('POST /api/v1/webhooks/:provider/:repositoryId', () => {
  test('the published delivery of Gitea, to an endpoint or its integration', async () => {
    const secret = randomUUID();
    const endpoint = await endpointOf('gitea', 'X-Gitea-Signature', secret);
    for (const id of [endpoint.id, endpoint.integration_id]) {
      const { status, body } = await deliver<Received>(
        hub,
        `/api/v1/webhooks/gitea/${id}`,
        PULL_REQUEST,
        await gitea(PULL_REQUEST, secret),
      );
      expect(status).toBe(200);
      expect(body).toEqual({
        success: true,
        data: { received: true, eventType: 'pull_request.opened', reviewId: null },
      });
    }
    expect((await eventsOf(hub, endpoint)).total).toBe(2);
  });

  test('unsigned or signed by another is 401, a repository that nobody knows 404', async () => {
    const secret = randomUUID();
    const { id } = await endpointOf('gitea', 'X-Gitea-Signature', secret);
    const send = async (path: string, by: string) =>
      await deliver<object>(hub, `/api/v1/webhooks/${path}`, PULL_REQUEST, await gitea(PULL_REQUEST, by));
    expect(await send(`gitea/${id}`, 'another')).toMatchObject({
      status: 401,
      body: { success: false, error: { code: 'UNAUTHORIZED' } },
    });
    for (const path of [
      `gitea/${randomUUID()}`,
      'gitea/nobody',
      `github/${id}`,
      `nobody/${id}`,
      'nobody',
      'bitbucket',
    ]) {
      expect(await send(path, secret)).toMatchObject({
        status: 404,
        body: { success: false, error: { code: 'NOT_FOUND' } },
      });
    }
  });
});

describe('POST /api/v1/webhooks/github|gitlab, as the automation surface publishes them', () => {
  test('GitHub: the secret tells whose delivery it is', async () => {
    const secrets = [randomUUID(), randomUUID()] as const;
    const [one, other] = [
      await endpointOf('github', 'X-Hub-Signature-256', secrets[0]),
      await endpointOf('github', 'X-Hub-Signature-256', secrets[1]),
    ];
    const answer = await deliver<Received>(
      hub,
      '/api/v1/webhooks/github',
      PUSH,
      await github(PUSH, secrets[0]),
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, data: { received: true, eventType: 'push', reviewId: null } },
    });
    expect([(await eventsOf(hub, one)).total, (await eventsOf(hub, other)).total]).toEqual([1, 0]);
    const forged = await deliver(hub, '/api/v1/webhooks/github/', PUSH, await github(PUSH, randomUUID()));
    expect(forged.status).toBe(401);
  });

  test('GitHub: where one secret is for many, the repository tells, and one that is nobody’s is 404', async () => {
    const secret = randomUUID();
    const [one, other] = await Promise.all(
      ['octo-org/one', 'octo-org/other'].map((repository) =>
        makeEndpoint(
          hub,
          'github',
          { signature_header: 'X-Hub-Signature-256', secret },
          { configuration: { provider: 'github', repository } },
        ),
      ),
    );
    for (const [full_name, status] of [
      ['octo-org/one', 200],
      ['octo-org/other', 200],
      ['octo-org/third', 404],
    ] as const) {
      const body = JSON.stringify({ repository: { full_name } });
      const answer = await deliver(hub, '/api/v1/webhooks/github', body, await github(body, secret));
      expect(answer.status).toBe(status);
    }
    for (const endpoint of [one, other]) {
      if (endpoint === undefined) throw new Error('it was not made');
      const { items } = await eventsOf(hub, endpoint);
      expect(items).toHaveLength(1);
    }
  });

  test('an endpoint that asks for no signature is not for everybody there', async () => {
    const endpoint = await makeEndpoint(hub, 'linear', { verify_signature: false });
    expect((await deliver(hub, '/api/v1/webhooks/linear', PUSH, {})).status).toBe(404);
    expect((await eventsOf(hub, endpoint)).total).toBe(0);
  });

  test('GitLab: its token', async () => {
    const secret = randomUUID();
    const endpoint = await endpointOf('gitlab', 'X-Gitlab-Token', secret);
    const answer = await deliver<Received>(hub, '/api/v1/webhooks/gitlab', PUSH, {
      'Content-Type': 'application/json',
      'X-Gitlab-Event': 'Push Hook',
      'X-Gitlab-Token': secret,
    });
    expect(answer).toMatchObject({ status: 200, body: { data: { received: true } } });
    expect((await eventsOf(hub, endpoint)).total).toBe(1);
  });

  test('the names of the service itself come first', async () => {
    expect((await hub.call('POST', '/api/v1/webhooks/events/nobody.knows', { body: {} })).status).toBe(422);
    expect(await hub.call('POST', '/api/v1/webhooks/nobody/test', { body: {} })).toMatchObject({
      status: 404,
      body: { code: 'F42301' },
    });
  });
});
