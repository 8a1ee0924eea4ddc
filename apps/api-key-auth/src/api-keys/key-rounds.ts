import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { eventOperations, SYSTEM } from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Rounds, RpcClient } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../settings.module';
import { ExpiringKeysRepository, type ExpiringKey } from './expiring-keys.repository';
import { SecretsRepository } from './secrets.repository';

/** Days ahead that the expiry of a key is told. */
export const KEY_EXPIRING_DAYS = Symbol('days');

const EVERY_MS = 30_000;
/** A round; what is left waits for the next. */
const EXPIRING_MAX = 500;
const ENDED_MAX = 5_000;
const PUBLISH_MS = 5_000;

const told = counter({
  name: 'signalbox_api_keys_expiring_total',
  help: 'API keys whose coming expiry was published',
});

/** Tells once of each key that is about to expire, and removes secrets whose overlap is over. Replicas may do so at once. */
@Injectable()
export class KeyRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(
    private readonly expiring: ExpiringKeysRepository,
    private readonly secrets: SecretsRepository,
    private readonly rpc: RpcClient,
    @Inject(KEY_EXPIRING_DAYS) private readonly expiringDays: number,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.rounds = new Rounds(
      EVERY_MS,
      () => this.run(),
      (error) => log.warn({ err: error }, 'What is due of API keys could not be done; trying again shortly'),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /** Never rejects: what fails is logged and tried again in the next round. */
  async run(): Promise<void> {
    try {
      for (const key of await this.expiring.due(this.expiringDays, EXPIRING_MAX)) {
        if (this.rounds.stopped) return;
        await this.tell(key);
      }
      await this.secrets.deleteEnded(ENDED_MAX);
    } catch (err) {
      this.log.warn({ err }, 'What is due of API keys could not be done');
    }
  }

  private async tell(key: ExpiringKey): Promise<void> {
    const data = JSON.stringify({
      api_key_id: key.id,
      name: key.name,
      key_prefix: key.keyPrefix,
      project_ids: key.projectIds,
      expires_at: key.expiresAt.toISOString(),
    });
    try {
      await this.rpc.call(
        eventOperations.publish,
        { event_type: 'api_key.expiring', data, source: 'system' },
        {
          deadlineMs: PUBLISH_MS,
          // Other projects have nothing to do with it. The same id again is the same event.
          context: { principal: { ...SYSTEM, projects: key.projectIds ?? [] }, idempotencyId: key.eventId },
        },
      );
      await this.expiring.told(key);
      told.inc();
    } catch (err) {
      this.log.warn({ err, keyId: key.id }, 'That an API key expires soon could not be published');
    }
  }
}
