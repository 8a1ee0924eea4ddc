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
import { MOST_ATTEMPTS } from '../inbound/processing/backoff';
import { KnownEndpoints } from '../inbound/intake/known-endpoints';
import { GuardedHttp } from '../integrations/guarded-http';
import { type Current, IntegrationsRepository } from '../integrations/integrations.repository';
import { type IntegrationSettings, SettingsVault } from '../integrations/settings-vault';
import { LOG } from '../parts.module';
import { retryAfterFailure, toldOf } from './after-failure';
import { headerNeeded } from './hook-check';
import { type ClaimedHook, HooksRepository } from './hooks.repository';
import { dropHook, keepHook, type KeptHook, UnansweredCreate } from './keep-hook';
import { Places } from './places';
import { PublicAddress } from './public-address';

const QUEUE = 'provider-hooks';
/** What a lost wake-up costs. */
const LOOK_EVERY_MS = 1_000;
/** A process that has not been started anew yet may tell providers the address from before. */
const READDRESS_EVERY_MS = 600_000;
const AT_ONCE = 8;
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
    () => this.seeTo(),
    (error) => this.failed(error),
  );

  private readonly places = new Places();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private addressedAt = -Infinity;
  private looking: Promise<void> | undefined;
  private lookAgain = false;

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
    await this.stop();
  }

  /** Before the way out is closed: what this cuts short is put back, where what fails is held against the provider. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([this.rounds.stop(), this.looking]);
    await Promise.allSettled(this.underWay);
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

  /** Begins with those that are due, as far as there is room; whichever ends looks for the next. One look at a time. */
  private seeTo(): Promise<void> {
    this.lookAgain = true;
    this.looking ??= this.look();
    return this.looking;
  }

  private async look(): Promise<void> {
    try {
      await this.readdress();
      while (this.lookAgain && !this.stopping.signal.aborted) {
        this.lookAgain = false;
        const room = AT_ONCE - this.underWay.size;
        const taken = room > 0 ? await this.hooks.takeDue(room, this.places.full) : [];
        for (const hook of taken) this.begin(hook);
      }
    } finally {
      this.looking = undefined;
    }
  }

  private begin(hook: ClaimedHook): void {
    const attempt = this.attempt(hook).finally(() => this.underWay.delete(attempt));
    this.underWay.add(attempt);
    attempt.then(() => this.seeTo()).catch((error: unknown) => this.failed(error));
  }

  private failed(error: unknown): void {
    this.log.warn({ err: error }, 'Webhooks at providers could not be seen to; trying again shortly');
  }

  /** PUBLIC_URL may be another than before the start. */
  private async readdress(): Promise<void> {
    const { prefix } = this.addresses;
    const now = performance.now();
    if (prefix === null || now - this.addressedAt < READDRESS_EVERY_MS) return;
    // One that failed is tried anew after a start, and not again and again.
    const first = this.addressedAt === -Infinity;
    await this.hooks.readdress(prefix, first ? ['registered', 'failed'] : ['registered']);
    this.addressedAt = now;
  }

  /** One that fails for a reason of the hub's own is anybody's again when its minute is over. */
  private async attempt(hook: ClaimedHook): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ATTEMPT_MS)]);
    try {
      await (hook.removing ? this.drop(hook, signal) : this.keep(hook, signal));
    } catch (error) {
      // The shutdown cut it short, which is no failure of the provider.
      if (error instanceof UnansweredCreate) return await this.hooks.hold(hook);
      if (error instanceof ConnectionError) return await this.hooks.putBack(hook, false);
      const last = hook.attempts >= MOST_ATTEMPTS;
      if (error instanceof Superseded && !last) return await this.hooks.putBack(hook, true);
      this.log.error(
        { err: error, endpoint: hook.endpointId },
        'A webhook at a provider could not be seen to',
      );
      if (last) await this.giveUp(hook);
    }
  }

  private async giveUp(hook: ClaimedHook): Promise<void> {
    const error = 'the hub could not see to it';
    if (hook.removing) await this.hooks.forget(hook, error, hook.url !== null);
    else await this.hooks.settle(hook, { result: 'failed', error, retryInMs: null, held: false });
  }

  private async keep(hook: ClaimedHook, signal: AbortSignal): Promise<void> {
    const endpoint = await this.endpoints.find(hook.endpointId);
    const integration = endpoint && (await this.integrations.find(endpoint.integrationId));
    if (!integration) throw new Superseded();
    const { provider, version } = integration;
    try {
      const context = this.contextOf(this.vault.open(integration.current), signal);
      if (hook.url !== null && !isAt(hook, provider, context.settings)) return await this.move(hook);
      const hooks = registrarOf(provider);
      const place = hooks.place(context.settings);
      checkHeader(provider, endpoint);
      const url = this.addresses.of(endpoint.path);
      if (hook.hookId === null && (await this.hooks.isTaken(hook, place, url))) {
        await this.hooks.wait(hook, 'a webhook with this address is still to be changed or removed there');
        return;
      }
      const intent = { provider, place, url, settingsVersion: version };
      await this.at(hook, place, version, async () => {
        const kept = await keepHook(
          this.ownOf(hooks, hook, place),
          context,
          { ...hook, settingsChanged: hook.settingsVersion !== version },
          this.wanted(endpoint, integration, hook, url),
          async (hookId) => {
            if (!(await this.hooks.intend(hook, { ...intent, hookId }))) throw new Superseded();
          },
        );
        if (kept === 'elsewhere') return await this.move(hook);
        await this.kept({ ...hook, provider }, endpoint, kept, url, version);
      });
    } catch (error) {
      if (!(error instanceof ConnectionError) || this.stopping.signal.aborted) throw error;
      const retryInMs = retryAfterFailure(error, hook.attempts, false);
      this.count(provider, 'register', retryInMs);
      const held = error instanceof UnansweredCreate;
      await this.hooks.settle(
        { ...hook, provider },
        { result: 'failed', error: toldOf(error), retryInMs, held },
      );
    }
  }

  /** Asks the provider, unless enough are at it already: then another time. */
  private async at(
    hook: ClaimedHook,
    place: string,
    settingsVersion: number | null,
    ask: () => Promise<void>,
  ): Promise<void> {
    const leave = this.places.enter(place);
    if (leave === null) return await this.hooks.makeWay(hook, place, settingsVersion);
    try {
      await ask();
    } finally {
      leave();
    }
  }

  /** Another is made once this one is gone, which is asked for with what it was made with. */
  private async move(hook: ClaimedHook): Promise<void> {
    if (!(await this.hooks.moved(hook))) throw new Superseded();
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
    const { provider, place, url, attempts } = hook;
    const sealed = sealedSettings(hook);
    // The provider was never asked for it.
    if (provider === null || place === null || url === null || sealed === null)
      return await this.hooks.forget(hook, null, false);
    try {
      const context = this.contextOf(this.vault.open(sealed), signal);
      await this.at(hook, place, null, async () => {
        const there = await dropHook(this.ownOf(registrarOf(provider), hook, place), context, hook);
        calls.inc({ provider, action: 'remove', result: 'done' });
        await this.hooks.forget(hook, null, there);
      });
    } catch (error) {
      if (!(error instanceof ConnectionError) || this.stopping.signal.aborted) throw error;
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

  /** Finds no hook that is another endpoint's: it may have had this one's address, or be about to have another. */
  private ownOf(hooks: HookRegistrar, hook: ClaimedHook, place: string): HookRegistrar {
    return {
      ...hooks,
      find: async (context, url) => await this.hooks.notOthers(hook, place, await hooks.find(context, url)),
    };
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

/** Whether the settings still say the place where it is, or is about to be. */
function isAt(hook: ClaimedHook, provider: string, settings: ConnectionSettings): boolean {
  try {
    return hook.provider === provider && hook.place === registrarOf(provider).place(settings);
  } catch (error) {
    if (error instanceof ConnectionError) return false;
    throw error;
  }
}

/** @throws ConnectionError where the endpoint would refuse all that the provider sends: the integration is another's by now */
function checkHeader(provider: string, { signatureHeader, verifySignature }: InboundEndpointEntity): void {
  const header = headerNeeded(provider, { header: signatureHeader, verifies: verifySignature });
  if (header === null) return;
  throw new ConnectionError(
    'invalid_settings',
    `signature_header must be ${header}, which the provider sends`,
  );
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
