import { randomUUID } from 'node:crypto';
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
  let provider: RunningStandIn;
  const { startOf, startAccounts, closeAll, connectStripe, reconnect, open, change, became } = hooksOf(
    () => sync,
    () => provider,
  );

  beforeAll(async () => {
    sync = await startSync({ PUBLIC_URL: HUB });
  }, 60_000);
  afterAll(async () => {
    await sync.stop();
    await sync.drop();
  });
  beforeEach(async () => {
    provider = await startOf(github);
  });
  afterEach(closeAll);

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
