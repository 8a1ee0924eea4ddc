import { randomUUID } from 'node:crypto';
import { sign } from '@octokit/webhooks-methods';
import { until } from '@signalbox/testing';
import { startStandIn } from '../../../libs/connectors/src/conformance/hook-stand-in-for-spec';
import { fixtures as atGithub } from '../../../libs/connectors/src/providers/github/fixtures-for-spec';
import type { Hub } from '../hub';
import { deliver, makeEndpoint, RECEIVE, type WebhookEndpoint, WEBHOOKS } from './webhook-endpoints';

/** An endpoint that registers itself at a stand-in of GitHub, is delivered to as that was told, and is deleted again. */
export async function setUpAndDeliver(hub: Hub, publicUrl: string): Promise<void> {
  if (atGithub.hooks === undefined) throw new Error('no stand-in');
  const provider = await startStandIn(atGithub.hooks);
  try {
    const endpoint = await makeEndpoint(
      hub,
      'github',
      { register: { events: ['push'] }, secret: undefined },
      {
        configuration: { provider: 'github', base_url: provider.url, repository: 'octo-org/octo-repo' },
        credentials: atGithub.credentials,
      },
    );
    expect(endpoint.registration).toMatchObject({ events: ['push'], error: null });
    const { hook_id: hookId } = await until('the provider has the hook', 15_000, async () => {
      const { body } = await hub.call<WebhookEndpoint>('GET', `${WEBHOOKS}/${endpoint.id}`);
      const registration = body.registration as { status: string; hook_id: string };
      return registration.status === 'registered' && registration;
    });
    const hook = provider.hooks.get(hookId);
    expect(hook?.url).toBe(`${publicUrl}${RECEIVE}/${endpoint.path}`);
    const body = '{"ref":"refs/heads/main"}';
    const delivered = await deliver(hub, new URL(hook?.url ?? '').pathname, body, {
      'X-GitHub-Event': 'push',
      'X-GitHub-Delivery': randomUUID(),
      'X-Hub-Signature-256': await sign(hook?.secret ?? '', body),
    });
    expect(delivered).toMatchObject({ status: 200, body: { status: 'success' } });
    await hub.call('DELETE', `${WEBHOOKS}/${endpoint.id}`);
    await until('the hook is gone', 15_000, () => Promise.resolve(provider.hooks.size === 0));
  } finally {
    await provider.close();
  }
}
