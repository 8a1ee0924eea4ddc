import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { AlertsService } from './alerts/alerts.service';
import { IdempotencyService } from './idempotency/idempotency.service';
import { SessionsService } from './sessions/sessions.service';
import { LOG } from './settings.module';
import { SignInGuard } from './sign-in/sign-in-guard';
import { KeyRing } from './tokens/key-ring';

const EVERY_MS = 60_000;
const BATCH = 1_000;
/** Of each kind and round: what is left waits for the next round, and never for a long transaction. */
const BATCHES = 20;

/** Removes what has had its time. Replicas may sweep at once: each takes what no other has locked. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(
    private readonly sessions: SessionsService,
    private readonly idempotency: IdempotencyService,
    private readonly signIns: SignInGuard,
    private readonly keys: KeyRing,
    private readonly alerts: AlertsService,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.rounds = new Rounds(
      EVERY_MS,
      () => this.sweep(),
      (error) => log.warn({ err: error }, 'What is past could not be swept; trying again shortly'),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /** Never rejects: what fails is logged and tried again in the next round. */
  async sweep(): Promise<void> {
    await this.sweepOne('expired sessions', (limit) => this.sessions.sweep(limit));
    await this.sweepOne('idempotency records', (limit) => this.idempotency.sweep(limit));
    await this.sweepOne('failed sign-ins', (limit) => this.signIns.sweep(limit));
    await this.sweepOne('changes of alerts', (limit) => this.alerts.sweep(limit));
    await this.sweepOne('signing keys', () => this.keys.sweep());
  }

  private async sweepOne(what: string, batch: (limit: number) => Promise<number>): Promise<void> {
    try {
      let removed = 0;
      for (let n = 0; n < BATCHES && !this.rounds.stopped; n += 1) {
        const found = await batch(BATCH);
        removed += found;
        if (found < BATCH) break;
      }
      if (removed > 0) this.log.debug({ what, removed }, 'Removed what has had its time');
    } catch (error) {
      this.log.warn({ err: error, what }, 'Sweeping failed');
    }
  }
}
