import { createHmac, randomUUID } from 'node:crypto';
import { inboundEndpointOperations, inboundOperations, integrationOperations } from '@signalbox/contracts';
import { encryptionKeys } from '@signalbox/config';
import { metricsText } from '@signalbox/observability';
import { SecretBox } from '@signalbox/security';
import { testConfig, until } from '@signalbox/testing';
/* eslint-disable @typescript-eslint/no-restricted-imports -- stand-ins of providers are for specs, and no part of the library */
import type { RunningStandIn } from '../../../../libs/connectors/src/conformance/hook-stand-in-for-spec';
import { fixtures as gitea } from '../../../../libs/connectors/src/providers/gitea/fixtures-for-spec';
import { fixtures as github } from '../../../../libs/connectors/src/providers/github/fixtures-for-spec';
import { fixtures as gitlab } from '../../../../libs/connectors/src/providers/gitlab/fixtures-for-spec';
import { fixtures as stripe } from '../../../../libs/connectors/src/providers/stripe/fixtures-for-spec';
/* eslint-enable @typescript-eslint/no-restricted-imports -- as above */
import { integrationsDatabase } from '../database';
import { readdressHooks } from '../hooks/hook-changes.repository';
import { HUB, hooksOf, PATIENCE_MS, RECEIVE } from './hooks-for-spec';
import { startSync, type SyncUnderTest } from './sync-for-spec';

describe('webhooks that the hub sets up (at stand-ins of providers)', () => {
  let sync: SyncUnderTest;
  let drop: () => Promise<void>;
  let provider: RunningStandIn;
  const {
    startOf,
    startAccounts,
    closeAll,
    connect,
    connectStripe,
    reconnect,
    open,
    get,
    change,
    became,
    ...seen
  } = hooksOf(
    () => sync,
    () => provider,
  );
  const { kept, asked, gone, rowsOf, rowless, hurry, activities } = seen;

  beforeAll(async () => {
    sync = await startSync({ PUBLIC_URL: `${HUB}/` });
    ({ drop } = sync);
  }, 60_000);
  afterAll(async () => {
    await sync.stop();
    await drop();
  });
  beforeEach(async () => {
    provider = await startOf(github);
  });
  afterEach(closeAll);

  it('are there once, follow the endpoint, and go when nobody wants them any more', async () => {
    const { id: integration } = await connect();
    const made = await open(integration);
    expect(made).toMatchObject({
      signature_header: 'X-Hub-Signature-256',
      registration: {
        status: expect.stringMatching(/^(pending|registered)$/),
        events: ['push'],
        error: null,
      },
    });
    const { hook_id: hookId } = await became(made.id, 'registered');
    expect([...provider.hooks.keys()]).toEqual([hookId]);
    expect(kept()).toMatchObject([{ url: RECEIVE + made.path, events: ['push'], active: true }]);

    const { secret } = await sync.call(inboundEndpointOperations.rotateSecret, {
      id: made.id,
      overlap_seconds: 60,
    });
    await until('the provider knows the new secret', PATIENCE_MS, () =>
      Promise.resolve(kept()[0]?.secret === secret),
    );

    const path = `moved-${randomUUID()}`;
    await change(made.id, { path, active: false, register: { events: ['push', 'pull_request'] } });
    await became(made.id, 'registered');
    const changed = { url: RECEIVE + path, secret, events: ['push', 'pull_request'], active: false };
    expect([...provider.hooks]).toEqual([[hookId, changed]]);

    const taken = await change(made.id, { register: null });
    expect(taken.registration).toEqual({
      status: 'none',
      events: [],
      hook_id: null,
      error: null,
      updated_at: null,
    });
    await gone();
    await rowless(made.id);
    expect(await activities(integration)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'hook_registered', endpoint_id: made.id, hook_id: hookId }),
        expect.objectContaining({ action: 'hook_removed', endpoint_id: made.id, hook_id: hookId }),
      ]),
    );
    expect((await metricsText()).body).toMatch(
      /^signalbox_provider_hooks_total\{provider="github",action="register",result="done"\} [1-9]/m,
    );
  });

  it('are taken over where the process died before it wrote down what it had made', async () => {
    const { id } = await open((await connect()).id);
    const { hook_id: hookId } = await became(id, 'registered');
    await sync.sql(
      `UPDATE provider_hooks SET hook_id = NULL, status = 'pending', due_at = now() WHERE endpoint_id = $1`,
      [id],
    );
    expect(await became(id, 'registered')).toMatchObject({ hook_id: hookId });
    expect(kept()).toHaveLength(1);
  });

  it('are removed after their endpoint or integration is gone, as soon as the provider lets', async () => {
    const integration = await connect();
    const [one, other] = [await open(integration.id), await open(integration.id)];
    await Promise.all([one, other].map(({ id }) => became(id, 'registered')));
    await sync.call(inboundEndpointOperations.remove, { id: one.id });
    await rowless(one.id);
    expect(kept()).toMatchObject([{ url: RECEIVE + other.path }]);

    provider.refuse({ status: 500 });
    await sync.call(integrationOperations.remove, { id: integration.id });
    await until('the provider has refused', PATIENCE_MS, async () => {
      const [row] = await sync.sql<{ error: string | null }>(
        'SELECT error FROM provider_hooks WHERE endpoint_id = $1',
        [other.id],
      );
      return row?.error?.startsWith('500 - ') === true;
    });
    // What it keeps until then is found when the master key is changed.
    const [kind] = (integrationsDatabase.sealed ?? []).filter(({ table }) => table === 'provider_hooks');
    const [row = { data_key: '' }] = await sync.sql<Record<string, string> & { data_key: string }>(
      `SELECT ${Object.keys(kind?.key ?? {})
        .map((name) => `${name}::text`)
        .join()}, data_key
       FROM provider_hooks WHERE endpoint_id = $1`,
      [other.id],
    );
    const box = new SecretBox(...encryptionKeys(testConfig()));
    expect(box.open(row.data_key, kind?.boundTo(row) ?? '')).not.toBe('');

    provider.refuse(undefined);
    await hurry();
    await gone();
    await rowless(other.id);
  });

  it('are not taken for another endpoint’s while they are still to be removed', async () => {
    const { id } = await connect();
    const first = await open(id);
    await became(first.id, 'registered');
    provider.refuse({ status: 500 });
    await change(first.id, { register: null });
    await change(first.id, { register: { events: ['push'] } });
    const pending = await until('it waits', PATIENCE_MS, async () => {
      const { registration } = await get(first.id);
      return registration.error !== null && registration;
    });
    expect(pending).toMatchObject({
      status: 'pending',
      error: expect.stringContaining('still to be changed or removed'),
    });
    // Waiting is no failure.
    const attempts = 'SELECT attempts FROM provider_hooks WHERE endpoint_id = $1 AND NOT removing';
    await until('it has waited again', PATIENCE_MS, async () => {
      await hurry();
      return provider.requests.length > 4;
    });
    expect(await sync.sql(`${attempts} AND attempts > 1`, [first.id])).toEqual([]);
    provider.refuse(undefined);
    await hurry();
    await until('the first is gone', PATIENCE_MS, async () => (await rowsOf(first.id)).length === 1);
    await hurry();
    const { hook_id: hookId } = await became(first.id, 'registered');
    expect([...provider.hooks.keys()]).toEqual([hookId]);
  });

  it('are not taken for another endpoint’s where the provider has not been told that they have moved', async () => {
    const { id } = await connect();
    const first = await open(id);
    await became(first.id, 'registered');
    provider.refuse({ status: 403 });
    await change(first.id, { path: `moved-${randomUUID()}` });
    await became(first.id, 'failed');
    provider.refuse(undefined);
    const second = await open(id, { path: first.path });
    await until('it waits', PATIENCE_MS, async () => (await get(second.id)).registration.error !== null);
    expect(kept()).toMatchObject([{ url: RECEIVE + first.path }]);
    await change(first.id, { name: 'Moved' });
    await became(first.id, 'registered');
    await became(second.id, 'registered');
    expect(kept()).toHaveLength(2);
  });

  it('are made anew where the provider takes no other secret for one that is there', async () => {
    const at = await startOf(gitea);
    const { id } = await connect({
      configuration: { provider: 'gitea', base_url: at.url, repository: 'owner/repo' },
      credentials: gitea.credentials,
    });
    const endpoint = await open(id);
    const { hook_id: first } = await became(endpoint.id, 'registered');
    await change(endpoint.id, { name: 'The same hook' });
    expect(await became(endpoint.id, 'registered')).toMatchObject({ hook_id: first });
    const { secret } = await sync.call(inboundEndpointOperations.rotateSecret, { id: endpoint.id });
    const { hook_id: second } = await became(endpoint.id, 'registered');
    expect([...at.hooks]).toMatchObject([[second, { secret }]]);
    await change(endpoint.id, { name: 'The same hook again' });
    expect(await became(endpoint.id, 'registered')).toMatchObject({ hook_id: second });
  });

  it('do not bring their secret along once they are not wanted any more', async () => {
    const at = await startOf(stripe);
    const { id: integration } = await connectStripe(at);
    const letGo = at.hold(({ method }) => method === 'POST');
    const { id } = await open(integration, { register: { events: [] } });
    await asked('POST', at);
    await change(id, { register: null, secret: 'a secret of ones own' });
    const secret = () => sync.sql('SELECT secret, version FROM inbound_endpoints WHERE id = $1', [id]);
    const before = await secret();
    letGo();
    await asked('DELETE', at);
    await rowless(id);
    expect(kept(at)).toEqual([]);
    expect(await secret()).toEqual(before);
  });

  it('are removed with the settings that they were made with, while others are tried', async () => {
    const { id: integration } = await connect();
    const { id } = await open(integration);
    await became(id, 'registered');
    const letGo = provider.hold(({ method }) => method === 'PATCH');
    await reconnect(integration, {
      configuration: {
        provider: 'github',
        base_url: provider.url,
        repository: 'octo-org/octo-repo',
        webhook_events: ['push'],
      },
    });
    await asked('PATCH');
    await sync.call(inboundEndpointOperations.remove, { id });
    letGo();
    await gone();
    await rowless(id);
  });

  it('are removed with newer settings where those that they were made with are not kept', async () => {
    const { id: integration } = await connect();
    const { id } = await open(integration);
    await became(id, 'registered');
    await reconnect(integration, {
      configuration: { provider: 'github', base_url: `${provider.url}/`, repository: 'octo-org/octo-repo' },
    });
    await became(id, 'registered');
    await sync.sql('UPDATE provider_hooks SET settings_version = 1 WHERE endpoint_id = $1', [id]);
    await sync.sql('DELETE FROM integration_versions WHERE integration_id = $1 AND version = 1', [
      integration,
    ]);
    await sync.call(inboundEndpointOperations.remove, { id });
    await gone();
    await rowless(id);
  });

  it('are removed from the account that the credentials were of', async () => {
    const other = { api_key: `sk_test_${randomUUID()}` };
    const { at, accounts } = await startAccounts(stripe.credentials.api_key ?? '', other.api_key);
    const { id } = await connectStripe(at);
    const endpoint = await open(id, { register: { events: [] } });
    await became(endpoint.id, 'registered');
    await reconnect(id, { credentials: other });
    const { hook_id: hookId } = await became(endpoint.id, 'registered');
    expect(accounts.map((hooks) => [...hooks.keys()])).toEqual([[], [hookId]]);
  });

  it('go, and say why there are no others, where the integration is of another provider or none', async () => {
    const { id } = await connect();
    const endpoint = await open(id);
    await became(endpoint.id, 'registered');
    const at = await startOf(gitlab);
    const configuration = { provider: 'gitlab', base_url: at.url, repository: 'group/sub/project' };
    await reconnect(id, { configuration, credentials: gitlab.credentials });
    await gone();
    expect(await became(endpoint.id, 'failed')).toMatchObject({
      error: expect.stringContaining('signature_header must be X-Gitlab-Token'),
    });
    await change(endpoint.id, { signature_header: 'X-Gitlab-Token', register: { events: [] } });
    await became(endpoint.id, 'registered');
    await reconnect(id, { configuration: { provider: 'gitlab', base_url: at.url } });
    await gone(at);
    expect(await became(endpoint.id, 'failed')).toMatchObject({ error: 'repository is missing' });
  });

  it('need no header where they are asked for later', async () => {
    const { id } = await open((await connect()).id, { register: null });
    expect(await get(id)).toMatchObject({ signature_header: 'webhook-signature' });
    expect(await change(id, { register: { events: ['push'] } })).toMatchObject({
      signature_header: 'X-Hub-Signature-256',
    });
    await became(id, 'registered');
  });

  it('are given up where the hub itself cannot remove them, which is told', async () => {
    const integration = await connect();
    const { id } = await open(integration.id);
    await became(id, 'registered');
    provider.refuse({ status: 500 });
    await sync.call(inboundEndpointOperations.remove, { id });
    await until('it was tried', PATIENCE_MS, async () => {
      const rows = await sync.sql(
        `UPDATE provider_hooks SET attempts = 9, credentials = 'unreadable', due_at = now()
         WHERE endpoint_id = $1 AND claimed_by IS NULL AND error IS NOT NULL RETURNING id`,
        [id],
      );
      return rows.length > 0;
    });
    await rowless(id);
    expect(await activities(integration.id)).toContainEqual(
      expect.objectContaining({ action: 'hook_failed', status: 'given_up', endpoint_id: id }),
    );
  });

  it('that failed are not told again and again where the hub is', async () => {
    const { id } = await open((await connect()).id);
    await became(id, 'registered');
    await sync.sql(
      `UPDATE provider_hooks SET status = 'failed', error = '403', url = 'https://before.example.com/' WHERE endpoint_id = $1`,
      [id],
    );
    const statements = { query: sync.sql } as unknown as Parameters<typeof readdressHooks>[0];
    await readdressHooks(statements, RECEIVE, ['registered']);
    expect((await get(id)).registration).toMatchObject({ status: 'failed' });
    await readdressHooks(statements, RECEIVE, ['registered', 'failed']);
    await became(id, 'registered');
  });

  it('are given up after so many attempts, which is told', async () => {
    const integration = await connect();
    const { id } = await open(integration.id);
    const { hook_id: hookId } = await became(id, 'registered');
    provider.refuse({ status: 403 });
    await sync.sql(`UPDATE provider_hooks SET due_at = now() + interval '1 hour' WHERE endpoint_id = $1`, [
      id,
    ]);
    await sync.call(inboundEndpointOperations.remove, { id });
    await until('it was tried', PATIENCE_MS, async () => {
      const rows = await sync.sql(
        `UPDATE provider_hooks SET attempts = 9, due_at = now()
         WHERE endpoint_id = $1 AND claimed_by IS NULL AND error IS NOT NULL RETURNING id`,
        [id],
      );
      return rows.length > 0;
    });
    await rowless(id);
    expect(await activities(integration.id)).toContainEqual(
      expect.objectContaining({
        action: 'hook_failed',
        status: 'given_up',
        endpoint_id: id,
        hook_id: hookId,
      }),
    );
  });

  it('move where the integration moves to', async () => {
    const { id } = await connect();
    const endpoint = await open(id);
    await became(endpoint.id, 'registered');
    const elsewhere = await startOf(github);
    await sync.call(integrationOperations.update, {
      id,
      changes: {
        configuration: { provider: 'github', base_url: elsewhere.url, repository: 'octo-org/octo-repo' },
        credentials: github.credentials,
      },
    });
    await gone();
    await became(endpoint.id, 'registered');
    expect(kept(elsewhere)).toMatchObject([{ url: RECEIVE + endpoint.path }]);
  });

  it('fail where the credentials are refused, say so without them, and are tried again with others', async () => {
    const hidden = `ghp_${randomUUID()}`;
    const { id } = await connect({ credentials: { access_token: hidden } });
    const endpoint = await open(id);
    const failed = await became(endpoint.id, 'failed');
    expect(failed).toMatchObject({ error: '401 - the credentials were refused', hook_id: null });
    expect(await activities(id)).toContainEqual(
      expect.objectContaining({ action: 'hook_failed', endpoint_id: endpoint.id, error: failed.error }),
    );
    await sync.call(integrationOperations.update, { id, changes: { credentials: github.credentials } });
    await became(endpoint.id, 'registered');
    const secret = kept()[0]?.secret ?? '';
    for (const line of sync.log.lines) {
      const text = JSON.stringify(line);
      for (const one of [hidden, secret, ...Object.values(github.credentials)])
        expect(text).not.toContain(one);
    }
    const rows = await sync.sql<{ row: string }>('SELECT t::text AS row FROM provider_hooks t');
    for (const { row } of rows) for (const one of [hidden, secret]) expect(row).not.toContain(one);
  });

  it('have the secret that the provider makes, which nobody else replaces', async () => {
    const at = await startOf(stripe);
    const { id } = await connectStripe(at);
    const endpoint = await open(id, { register: { events: [] } });
    await became(endpoint.id, 'registered');
    const [hook] = kept(at);
    expect(hook).toMatchObject({ events: ['*'], url: RECEIVE + endpoint.path });

    const body = JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', type: 'invoice.paid' });
    const seconds = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', hook?.secret ?? '')
      .update(`${seconds}.${body}`)
      .digest('hex');
    const received = await sync.call(inboundOperations.receive, {
      target: { path: endpoint.path },
      method: 'POST',
      url: RECEIVE + endpoint.path,
      headers: ['Stripe-Signature', `t=${seconds},v1=${signature}`],
      body: Buffer.from(body),
    });
    expect(received).toMatchObject({ outcome: 'stored', event_type: 'invoice.paid' });

    await expect(
      sync.call(inboundEndpointOperations.rotateSecret, { id: endpoint.id }),
    ).rejects.toMatchObject({
      data: { code: 'CONFLICT', messageKey: 'hook_secret_of_provider' },
    });
    await expect(change(endpoint.id, { secret: 'a secret of ones own' })).rejects.toMatchObject({
      data: { code: 'VALIDATION_FAILED', fields: [{ field: 'secret', key: 'hook_secret' }] },
    });
    await change(endpoint.id, { active: false });
    await until('it is switched off there', PATIENCE_MS, () =>
      Promise.resolve(kept(at)[0]?.active === false),
    );
    await became(endpoint.id, 'registered');
    // Nobody is told that secret again: one that was lost is made anew.
    await sync.sql(`UPDATE provider_hooks SET hook_id = NULL, due_at = now() WHERE endpoint_id = $1`, [
      endpoint.id,
    ]);
    await until('it was made anew', PATIENCE_MS, () => {
      const [one] = kept(at);
      return Promise.resolve(one !== undefined && one.secret !== hook?.secret);
    });
    expect(kept(at)).toHaveLength(1);
  });

  it.each([
    ['register', 'hook_unsupported', { configuration: { provider: 'slack' } }, {}],
    ['register', 'hook_settings', { configuration: { provider: 'github' } }, {}],
    ['signature_header', 'hook_header', {}, { signature_header: 'webhook-signature' }],
    [
      'secret',
      'hook_secret',
      { configuration: { provider: 'stripe' }, credentials: stripe.credentials },
      { secret: 'a secret of ones own' },
    ],
  ])('are refused at once: %s, %s', async (field, key, integration, endpoint) => {
    const { id } = await connect(integration);
    await expect(open(id, endpoint)).rejects.toMatchObject({
      data: { code: 'VALIDATION_FAILED', fields: [expect.objectContaining({ field, key })] },
    });
  });

  it('lose no attempt by a shutdown', async () => {
    const { id } = await open((await connect()).id);
    await became(id, 'registered');
    const letGo = provider.hold(() => true);
    const before = provider.requests.length;
    await sync.sql(
      `UPDATE provider_hooks SET attempts = 9, status = 'pending', due_at = now() WHERE endpoint_id = $1`,
      [id],
    );
    await until('it is tried', PATIENCE_MS, () => Promise.resolve(provider.requests.length > before));
    await sync.stop();
    letGo();
    sync = await startSync({ PUBLIC_URL: `${HUB}/` }, sync.url);
    await became(id, 'registered');
  });

  it('are told where the hub is after a start with another PUBLIC_URL', async () => {
    const { id, path } = await open((await connect()).id);
    await became(id, 'registered');
    await sync.stop();
    sync = await startSync({ PUBLIC_URL: 'https://elsewhere.example.com' }, sync.url);
    const moved = `https://elsewhere.example.com/integration-management/webhooks/receive/${path}`;
    await until('the provider knows', PATIENCE_MS, () => Promise.resolve(kept()[0]?.url === moved));
    expect(kept()).toHaveLength(1);
  });
});
