import {
  inboundEndpointOperations,
  integrationOperations,
  type InboundEndpointInput,
} from '@signalbox/contracts';
import { until } from '@signalbox/testing';
/* eslint-disable @typescript-eslint/no-restricted-imports -- stand-ins of providers are for specs, and no part of the library */
import {
  startStandIn,
  type KeptHook,
  type RunningStandIn,
} from '../../../../libs/connectors/src/conformance/hook-stand-in-for-spec';
import { fixtures as github } from '../../../../libs/connectors/src/providers/github/fixtures-for-spec';
import { fixtures as stripe } from '../../../../libs/connectors/src/providers/stripe/fixtures-for-spec';
/* eslint-enable @typescript-eslint/no-restricted-imports -- as above */
import type { SyncUnderTest } from './sync-for-spec';

export const HUB = 'https://hub.example.com';
export const RECEIVE = `${HUB}/integration-management/webhooks/receive/`;
export const PATIENCE_MS = 20_000;

export function standInOf({ hooks }: typeof github) {
  if (hooks === undefined) throw new Error('no stand-in');
  return hooks;
}

/** What specs of hooks do, with the service and the stand-in of a provider that each of them has just then. */
export function hooksOf(sync: () => SyncUnderTest, provider: () => RunningStandIn) {
  const started: RunningStandIn[] = [];
  async function startOf(of: typeof github | ReturnType<typeof standInOf>): Promise<RunningStandIn> {
    const one = await startStandIn('authorization' in of ? of : standInOf(of));
    started.push(one);
    return one;
  }
  /** Stripe with an account for each key, which sees no hooks of the others. */
  async function startAccounts(...keys: readonly string[]) {
    const hooks = standInOf(stripe);
    const accounts = keys.map((key) => ({
      authorization: `Bearer ${key}`,
      hooks: new Map<string, KeptHook>(),
    }));
    const at = await startOf({
      ...hooks,
      authorization: ['accept', 'application/json'],
      answer(request) {
        const own = accounts.find(({ authorization }) => authorization === request.headers.authorization);
        return own ? hooks.answer(request, own.hooks) : { status: 401 };
      },
    });
    return { at, accounts: accounts.map((account) => account.hooks) };
  }

  const connect = (more: object = {}) =>
    sync().call(integrationOperations.create, {
      name: 'Code',
      type: 'CODE_REPOSITORY',
      configuration: { provider: 'github', base_url: provider().url, repository: 'octo-org/octo-repo' },
      credentials: github.credentials,
      ...more,
    });
  const connectStripe = (at: RunningStandIn) =>
    connect({
      type: 'PAYMENT_GATEWAY',
      configuration: { provider: 'stripe', base_url: at.url },
      credentials: stripe.credentials,
    });
  const reconnect = (id: string, changes: object) =>
    sync().call(integrationOperations.update, { id, changes });
  const open = (integration_id: string, more: Partial<InboundEndpointInput> = {}) =>
    sync().call(inboundEndpointOperations.create, {
      integration_id,
      name: 'Code',
      register: { events: ['push'] },
      ...more,
    });
  const get = (id: string) => sync().call(inboundEndpointOperations.get, { id });
  const change = (id: string, changes: object) =>
    sync().call(inboundEndpointOperations.update, { id, changes });
  const became = (id: string, status: string) =>
    until(`the hook is ${status}`, PATIENCE_MS, async () => {
      const { registration } = await get(id);
      return registration.status === status && registration;
    });
  const kept = (at = provider()) => [...at.hooks.values()];
  const asked = (method: string, at = provider()) =>
    until(`the provider is asked to ${method}`, PATIENCE_MS, () =>
      Promise.resolve(at.requests.some((request) => request.method === method)),
    );
  const gone = (at = provider()) =>
    until('the hook is gone', PATIENCE_MS, () => Promise.resolve(kept(at).length === 0));
  const rowsOf = (id: string) =>
    sync().sql<{ n: number }>('SELECT 1 AS n FROM provider_hooks WHERE endpoint_id = $1', [id]);
  const rowless = (id: string) =>
    until('nothing is left to do', PATIENCE_MS, async () => (await rowsOf(id)).length === 0);
  /** Whatever waits for its next attempt need wait no more. */
  const hurry = () =>
    sync().sql('UPDATE provider_hooks SET due_at = now() WHERE claimed_by IS NULL AND due_at IS NOT NULL');
  const activities = async (id: string) =>
    (await sync().call(integrationOperations.activities, { id, page: 1, size: 100 })).items.map(
      ({ action, details }) => ({ action, ...details }),
    );

  return {
    startOf,
    startAccounts,
    closeAll: () => Promise.all(started.splice(0).map((one) => one.close())),
    connect,
    connectStripe,
    reconnect,
    open,
    get,
    change,
    became,
    kept,
    asked,
    gone,
    rowsOf,
    rowless,
    hurry,
    activities,
  };
}
