import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ALERT_LIMITS } from '@signalbox/contracts';
import { counter, gauge, histogram } from '@signalbox/observability';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../settings.module';
import { stateOf } from './alert-condition';
import { AlertFigures } from './alert-figures';
import { DueAlertsRepository, type DueAlert } from './due-alerts.repository';

/** How often each process looks for rules that are due. */
const EVERY_MS = 5_000;
/** Until a rule that could not be evaluated is tried again. */
const AGAIN_SECONDS = 15;

const evaluations = counter<'outcome'>({
  name: 'signalbox_alert_evaluations_total',
  help: 'Evaluations of alert rules, by outcome: ok, firing, or unknown where the figures could not be had',
  labelNames: ['outcome'],
});
const duration = histogram({
  name: 'signalbox_alert_evaluation_seconds',
  help: 'Time that evaluating an alert rule takes',
  buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
});
const firing = gauge({ name: 'signalbox_alerts_firing', help: 'Alert rules that fire' });

/** Evaluates each rule once a minute, whichever process comes first. */
@Injectable()
export class AlertEvaluator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(
    private readonly alerts: DueAlertsRepository,
    private readonly figures: AlertFigures,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.rounds = new Rounds(
      EVERY_MS,
      () => this.run(),
      (error) => log.warn({ err: error }, 'The alert rules could not be evaluated; trying again shortly'),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /** What is due, a rule at a time, so that processes share the work. */
  async run(): Promise<void> {
    for (let n = 0; n < ALERT_LIMITS.alerts && !this.rounds.stopped; n += 1) {
      const alert = await this.alerts.claim();
      if (!alert) break;
      await this.evaluate(alert);
    }
    firing.set(await this.alerts.firing());
  }

  private async evaluate(alert: DueAlert): Promise<void> {
    const measured = duration.startTimer();
    try {
      const value = await this.figures.value(alert);
      const state = stateOf(value, alert);
      const changed = await this.alerts.settle(alert, state, value);
      evaluations.inc({ outcome: state });
      if (changed) this.log.info({ alertId: alert.id, state, value }, 'An alert changed');
    } catch (error) {
      evaluations.inc({ outcome: 'unknown' });
      this.log.warn({ err: error, alertId: alert.id }, 'An alert rule could not be evaluated');
      await this.alerts.postpone(alert, AGAIN_SECONDS);
    } finally {
      measured();
    }
  }
}
