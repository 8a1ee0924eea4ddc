import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inboundEndpointOperations } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
/* eslint-disable @typescript-eslint/no-restricted-imports -- stand-ins of providers are for specs, and no part of the library */
import type { RunningStandIn } from '../../../../libs/connectors/src/conformance/hook-stand-in-for-spec';
import { fixtures as github } from '../../../../libs/connectors/src/providers/github/fixtures-for-spec';
import { fixtures as stripe } from '../../../../libs/connectors/src/providers/stripe/fixtures-for-spec';
/* eslint-enable @typescript-eslint/no-restricted-imports -- as above */
import { HUB, hooksOf, PATIENCE_MS } from './hooks-for-spec';
import { startSync, type SyncUnderTest } from './sync-for-spec';

describe('webhooks that the hub sets up at slow providers (stand-ins)', () => {
  let sync: SyncUnderTest;
  let drop: () => Promise<void>;
  let provider: RunningStandIn;
  const { startOf, startAccounts, closeAll, connect, connectStripe, reconnect, open, change, ...seen } =
    hooksOf(
      () => sync,
      () => provider,
    );
  const { get, became, kept, asked, gone, rowsOf, rowless } = seen;

  const isPost = ({ method }: { method: string }) => method === 'POST';
  const postsTo = (at: RunningStandIn) => at.requests.filter(isPost).length;
  const unanswered = (id: string) =>
    until('the provider has not answered', PATIENCE_MS, async () => {
      const { status, error } = (await get(id)).registration;
      return status === 'pending' && error === 'the provider gave no answer';
    });
  /** Longer than it is until the next attempt after any other failure. */
  const soon = () => sleep(3_000);
  const aMinuteLater = () => sync.sql('UPDATE provider_hooks SET due_at = now() WHERE due_at IS NOT NULL');
  const remove = (id: string) => sync.call(inboundEndpointOperations.remove, { id });

  beforeAll(async () => {
    sync = await startSync({ PUBLIC_URL: HUB });
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

  it.each(['github', 'stripe'] as const)(
    'are there once, and not at all in the end, where %s makes them late and does not say so',
    async (name) => {
      const at = name === 'github' ? provider : await startOf(stripe);
      const { id: integration } = await (name === 'github' ? connect() : connectStripe(at));
      const letCome = at.hold(isPost, true);
      const { id } = await open(integration, { register: { events: [] } });
      await unanswered(id);
      await change(id, { name: 'Told later' });
      await soon();
      expect(postsTo(at)).toBe(1);
      letCome();
      await until('it is made', PATIENCE_MS, () => Promise.resolve(kept(at).length === 1));
      const [lost] = kept(at);
      await aMinuteLater();
      const { hook_id: hookId } = await became(id, 'registered');
      expect([...at.hooks.keys()]).toEqual([hookId]);
      expect(kept(at)[0]?.secret === lost?.secret).toBe(name === 'github');
      await remove(id);
      await gone(at);
      await rowless(id);
    },
  );

  it('go, however many there are, where one was made later than anybody waits', async () => {
    let posts = 0;
    const letCome = provider.hold((request) => isPost(request) && (posts += 1) === 1, true);
    const { id } = await open((await connect()).id);
    await unanswered(id);
    await aMinuteLater();
    await became(id, 'registered');
    letCome();
    await until('there are two', PATIENCE_MS, () => Promise.resolve(kept().length === 2));
    await remove(id);
    await gone();
    await rowless(id);
  });

  it('are removed also where they were not wanted any more before they were there', async () => {
    const letCome = provider.hold(isPost, true);
    const { id } = await open((await connect()).id);
    await unanswered(id);
    await remove(id);
    await soon();
    expect(await rowsOf(id)).toHaveLength(1);
    letCome();
    await until('it is made', PATIENCE_MS, () => Promise.resolve(kept().length === 1));
    await aMinuteLater();
    await gone();
    await rowless(id);
  });

  it('leave each other alone where one has the address that another has had', async () => {
    const { id: integration } = await connect();
    const [first, second] = [await open(integration), await open(integration)];
    await Promise.all([first, second].map(({ id }) => became(id, 'registered')));
    provider.refuse({ status: 403 });
    const moved = randomUUID();
    await change(first.id, { path: moved });
    await became(first.id, 'failed');
    provider.refuse(undefined);
    await change(second.id, { path: first.path });
    const { hook_id: hookId } = await became(second.id, 'registered');
    await remove(first.id);
    await rowless(first.id);
    expect([...provider.hooks.keys()]).toEqual([hookId]);
  });

  it('are not made twice by a shutdown while one is being made', async () => {
    const letGo = provider.hold(isPost);
    const { id } = await open((await connect()).id);
    await asked('POST');
    await sync.stop();
    sync = await startSync({ PUBLIC_URL: HUB }, sync.url);
    await soon();
    expect(postsTo(provider)).toBe(1);
    letGo();
    await until('it is made', PATIENCE_MS, () => Promise.resolve(kept().length === 1));
    await aMinuteLater();
    await became(id, 'registered');
    expect(kept()).toHaveLength(1);
  });

  it('are not held up by those of a provider that answers nobody', async () => {
    const tarpit = await startOf(github);
    const letGo = tarpit.hold(() => true);
    const { id: stuck } = await connect({
      configuration: { provider: 'github', base_url: tarpit.url, repository: 'octo-org/octo-repo' },
    });
    const waiting = await Promise.all(Array.from({ length: 20 }, () => open(stuck)));
    const asks = () => tarpit.requests.filter(({ path }) => path.endsWith('/hooks')).length;
    await until('it is asked', PATIENCE_MS, () => Promise.resolve(asks() > 0));
    const { id } = await open((await connect()).id);
    const isRegistered = async () => (await get(id)).registration.status === 'registered';
    await until('the other is registered', 5_000, isRegistered);
    expect(asks()).toBe(2);
    await until('waiting is no attempt', 5_000, async () => {
      const tried = 'SELECT 1 FROM provider_hooks WHERE integration_id = $1 AND attempts > 0';
      return (await sync.sql(tried, [stuck])).length === 2;
    });

    const { url } = provider;
    await reconnect(stuck, {
      configuration: { provider: 'github', base_url: url, repository: 'octo-org/octo-repo' },
      credentials: github.credentials,
    });
    await until('those that waited have moved', 5_000, () => Promise.resolve(kept().length === 19));
    letGo();
    await Promise.all(waiting.map((one) => became(one.id, 'registered')));
    expect(kept()).toHaveLength(21);
  });

  it('are made soon where many are to be made at once', async () => {
    const { id: integration } = await connect();
    const many = await Promise.all(Array.from({ length: 40 }, () => open(integration)));
    await until('all are there', 5_000, () => Promise.resolve(kept().length === many.length));
    await Promise.all(many.map(({ id }) => became(id, 'registered')));
  });

  it('take the events along that are asked for while they move', async () => {
    const other = { api_key: `sk_test_${randomUUID()}` };
    const { at, accounts } = await startAccounts(stripe.credentials.api_key ?? '', other.api_key);
    const { id: integration } = await connectStripe(at);
    const { id } = await open(integration, { register: { events: ['invoice.paid'] } });
    const { hook_id: hookId } = await became(id, 'registered');
    const isUpdate = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.endsWith(`/${hookId}`);
    const letGo = at.hold(isUpdate);
    await reconnect(integration, { credentials: other });
    await until('the other account is asked', PATIENCE_MS, () => Promise.resolve(at.requests.some(isUpdate)));
    await change(id, { register: { events: ['charge.refunded'] } });
    letGo();
    const { events } = await became(id, 'registered');
    expect(events).toEqual(['charge.refunded']);
    expect(accounts.map((hooks) => [...hooks.values()])).toMatchObject([[], [{ events }]]);
  });
});
