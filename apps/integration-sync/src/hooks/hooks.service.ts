import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  ConnectionError,
  ConnectionSettings,
  connectorById,
  type ConnectionContext,
  type HookRegistrar,
} from '@signalbox/connectors';
import { inboundEndpointsChanged } from '@signalbox/contracts';
import { Jobs } from '@signalbox/jobs';
import { counter } from '@signalbox/observability';
import { Notices, Rounds } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import type { Logger } from 'pino';
import { EndpointsRepository } from '../inbound/endpoints/endpoints.repository';
import type { InboundEndpointEntity } from '../inbound/endpoints/inbound-endpoint.entity';
import { openSecret, sealSecret } from '../inbound/endpoints/sealing';
import { KnownEndpoints } from '../inbound/intake/known-endpoints';
import { GuardedHttp } from '../integrations/guarded-http';
import { type Current, IntegrationsRepository } from '../integrations/integrations.repository';
import { type IntegrationSettings, SettingsVault } from '../integrations/settings-vault';
import { LOG } from '../parts.module';
import { retryAfterFailure, toldOf } from './after-failure';
import { type ClaimedHook, HooksRepository } from './hooks.repository';
import { dropHook, keepHook, type KeptHook } from './keep-hook';
import { PublicAddress } from './public-address';

const QUEUE = 'provider-hooks';
/** What a lost wake-up costs. */
const LOOK_EVERY_MS = 1_000;
/** A process that has not been started anew yet may tell providers the address from before. */
const READDRESS_EVERY_MS = 600_000;
const AT_ONCE = 4;
/** Of all requests of one attempt together: well below the lease. */
const ATTEMPT_MS = 40_000;

const calls = counter({
  name: 'signalbox_provider_hooks_total',
  help: 'Attempts at setting webhooks up at providers, and at removing them there, by what came of them',
  labelNames: ['provider', 'action', 'result'],
});

/** It is not wanted any more, or not so: whatever was done is told to the next attempt. */
class Superseded extends Error {}

/** Sees to it that providers have the webhooks that endpoints want, and no others of theirs. */
@Injectable()
export class HooksService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    LOOK_EVERY_MS,
    (signal) => this.seeTo(signal),
    (error) =>
      this.log.warn({ err: error }, 'Webhooks at providers could not be seen to; trying again shortly'),
  );

  private addressedAt = -Infinity;
  private seeing: Promise<void> | undefined;

  constructor(
    private readonly hooks: HooksRepository,
    private readonly endpoints: EndpointsRepository,
    private readonly integrations: IntegrationsRepository,
    private readonly vault: SettingsVault,
    private readonly box: SecretBox,
    private readonly http: GuardedHttp,
    private readonly addresses: PublicAddress,
    private readonly known: KnownEndpoints,
    private readonly notices: Notices,
    private readonly jobs: Jobs,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.worker(QUEUE, () => this.seeTo());
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  /** Some process looks at once; never throws and is never waited for. */
  wake(): void {
    this.jobs
      .queue<null>(QUEUE)
      .add(null)
      .catch((error: unknown) =>
        this.log.debug({ err: error }, 'Nobody could be woken; it is found in the database shortly'),
      );
  }

  /** All that are due, a few at a time. One round at a time in a process. */
  private seeTo(signal?: AbortSignal): Promise<void> {
    this.seeing ??= this.round(signal).finally(() => (this.seeing = undefined));
    return this.seeing;
  }

  private async round(signal?: AbortSignal): Promise<void> {
    await this.readdress();
    for (;;) {
      const taken = await this.hooks.takeDue(AT_ONCE);
      await Promise.all(taken.map((hook) => this.attempt(hook, signal)));
      if (taken.length < AT_ONCE || signal?.aborted || this.rounds.stopped) return;
    }
  }

  /** PUBLIC_URL may be another than before the start. */
  private async readdress(): Promise<void> {
    const { prefix } = this.addresses;
    const now = performance.now();
    if (prefix === null || now - this.addressedAt < READDRESS_EVERY_MS) return;
    await this.hooks.readdress(prefix);
    this.addressedAt = now;
  }

  /** One that fails for a reason of the hub's own is anybody's again when its minute is over. */
  private async attempt(hook: ClaimedHook, stopping?: AbortSignal): Promise<void> {
    const patience = AbortSignal.timeout(ATTEMPT_MS);
    const signal = stopping ? AbortSignal.any([stopping, patience]) : patience;
    try {
      await (hook.removing ? this.drop(hook, signal) : this.keep(hook, signal));
    } catch (error) {
      if (error instanceof Superseded) await this.hooks.putBack(hook);
      else
        this.log.error(
          { err: error, endpoint: hook.endpointId },
          'A webhook at a provider could not be seen to',
        );
    }
  }

  private async keep(hook: ClaimedHook, signal: AbortSignal): Promise<void> {
    const endpoint = await this.endpoints.find(hook.endpointId);
    const integration = endpoint && (await this.integrations.find(endpoint.integrationId));
    if (!integration) throw new Superseded();
    const { provider, version } = integration;
    try {
      const settings = this.vault.open(integration.current);
      const hooks = registrarOf(provider);
      const context = this.contextOf(settings, signal);
      const place = hooks.place(context.settings);
      if (hook.url !== null && (hook.provider !== provider || hook.place !== place)) {
        await this.hooks.moved(hook);
        return;
      }
      const url = this.addresses.of(endpoint.path);
      if (hook.hookId === null && (await this.hooks.isTaken(hook, place, url))) {
        throw new ConnectionError('rate_limited', 'a webhook with this address is still to be removed there');
      }
      const intent = { provider, place, url, settingsVersion: version };
      const kept = await keepHook(
        hooks,
        context,
        hook,
        this.wanted(endpoint, integration, hook, url),
        async () => {
          if (!(await this.hooks.intend(hook, intent))) throw new Superseded();
        },
      );
      await this.kept({ ...hook, provider }, endpoint, kept, url, version);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const retryInMs = retryAfterFailure(error, hook.attempts, false);
      this.count(provider, 'register', retryInMs);
      await this.hooks.settle({ ...hook, provider }, { result: 'failed', error: toldOf(error), retryInMs });
    }
  }

  private async kept(
    hook: ClaimedHook,
    { id, path }: InboundEndpointEntity,
    { hookId, secret }: KeptHook,
    url: string,
    settingsVersion: number,
  ): Promise<void> {
    const sealed = secret === null ? null : sealSecret(this.box, id, secret);
    await this.hooks.settle(hook, { result: 'registered', hookId, url, settingsVersion, secret: sealed });
    calls.inc({ provider: hook.provider ?? '', action: 'register', result: 'done' });
    if (sealed === null) return;
    this.known.forget(path);
    this.notices.tell(inboundEndpointsChanged, { paths: [path] });
  }

  private async drop(hook: ClaimedHook, signal: AbortSignal): Promise<void> {
    const { provider, url, attempts } = hook;
    const sealed = sealedSettings(hook);
    // The provider was never asked for it.
    if (provider === null || url === null || sealed === null)
      return await this.hooks.forget(hook, null, false);
    try {
      const context = this.contextOf(this.vault.open(sealed), signal);
      const there = await dropHook(registrarOf(provider), context, hook);
      calls.inc({ provider, action: 'remove', result: 'done' });
      await this.hooks.forget(hook, null, there);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const retryInMs = retryAfterFailure(error, attempts, true);
      this.count(provider, 'remove', retryInMs);
      if (retryInMs !== null) return await this.hooks.removeLater(hook, toldOf(error), retryInMs);
      this.log.warn(
        { provider, endpoint: hook.endpointId, hook: hook.hookId, reason: error.reason },
        'A webhook could not be removed at its provider; somebody must do it there',
      );
      await this.hooks.forget(hook, toldOf(error), true);
    }
  }

  private wanted(
    endpoint: InboundEndpointEntity,
    integration: Current,
    { events }: ClaimedHook,
    url: string,
  ) {
    const secret = openSecret(this.box, endpoint);
    return { url, secret, events, active: endpoint.isActive && integration.status !== 'INACTIVE' };
  }

  private contextOf(
    { configuration, credentials }: IntegrationSettings,
    signal: AbortSignal,
  ): ConnectionContext {
    return { http: this.http, settings: new ConnectionSettings(configuration, credentials), signal };
  }

  private count(provider: string, action: 'register' | 'remove', retryInMs: number | null): void {
    calls.inc({ provider, action, result: retryInMs === null ? 'failed' : 'retried' });
  }
}

/** @throws ConnectionError where the provider has no API for it */
function registrarOf(provider: string): HookRegistrar {
  const hooks = connectorById(provider)?.webhook?.hooks;
  if (hooks === undefined)
    throw new ConnectionError('invalid_settings', 'the provider takes no webhooks from the hub');
  return hooks;
}

function sealedSettings({
  integrationId,
  settingsVersion,
  dataKey,
  configuration,
  credentials,
}: ClaimedHook) {
  if (settingsVersion === null || dataKey === null || configuration === null || credentials === null)
    return null;
  return { integrationId, version: settingsVersion, dataKey, configuration, credentials };
}
