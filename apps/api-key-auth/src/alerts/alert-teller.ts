import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  ALERT_UNITS,
  DomainError,
  eventOperations,
  SYSTEM,
  type AlertEventData,
  type ErrorCode,
} from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Rounds, RpcClient } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../settings.module';
import { AlertChangesRepository, type AlertChange } from './alert-changes.repository';

const EVERY_MS = 2_000;
const PUBLISH_MS = 5_000;
/** A round; what is left waits for the next. */
const CHANGES_MAX = 500;
const AWAY: ReadonlySet<ErrorCode> = new Set([
  'SERVICE_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'DATABASE_UNAVAILABLE',
]);

const told = counter<'status'>({
  name: 'signalbox_alert_events_total',
  help: 'Events that say that an alert rule fires or is resolved, published',
  labelNames: ['status'],
});

/**
 * Publishes each change of a rule's state. It is stored together with the state, and its event has its id: published again,
 * by a process that did not know, it is the same event.
 */
@Injectable()
export class AlertTeller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(
    private readonly changes: AlertChangesRepository,
    private readonly rpc: RpcClient,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.rounds = new Rounds(
      EVERY_MS,
      () => this.run(),
      (error) => log.warn({ err: error }, 'Changes of alerts could not be published; trying again shortly'),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /** What could not be published waits for the next round; all the rest with it, where nobody takes anything. */
  async run(): Promise<void> {
    for (const change of await this.changes.untold(CHANGES_MAX)) {
      if (this.rounds.stopped) return;
      try {
        await this.tell(change);
      } catch (err) {
        this.log.warn({ err, alertId: change.alertId }, 'A change of an alert could not be published');
        if (err instanceof DomainError && AWAY.has(err.code)) return;
      }
    }
  }

  private async tell(change: AlertChange): Promise<void> {
    const data = eventData(change);
    const { project_id: project } = change.rule.filter;
    await this.rpc.call(
      eventOperations.publish,
      { event_type: 'system.alert', data: JSON.stringify(data), source: 'system' },
      {
        deadlineMs: PUBLISH_MS,
        // Other projects have nothing to do with it.
        context: {
          principal: { ...SYSTEM, projects: project === undefined ? [] : [project] },
          idempotencyId: change.id,
        },
      },
    );
    await this.changes.told(change.id);
    told.inc({ status: data.status });
  }
}

function eventData({ alertId, state, reason, value, rule, firingSince, at }: AlertChange): AlertEventData {
  return {
    alert_id: alertId,
    status: state === 'firing' ? 'firing' : 'resolved',
    reason,
    ...rule,
    value,
    unit: ALERT_UNITS[rule.metric],
    firing_since: firingSince.toISOString(),
    resolved_at: state === 'firing' ? null : at.toISOString(),
  };
}
