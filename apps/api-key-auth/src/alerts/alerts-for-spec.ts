import { randomUUID } from 'node:crypto';
import {
  DomainError,
  eventOperations,
  webhookOperations,
  type AlertEventData,
  type AlertInput,
  type AlertView,
  type AttemptCounts,
  type AttemptCountsQuery,
  type Operation,
  type PublishInput,
  type UsageRecord,
} from '@signalbox/contracts';
import { Database, migrate } from '@signalbox/database';
import { RpcClient, type CallOptions } from '@signalbox/rpc';
import { testConfig, testDatabase, testLog, type TestDatabase } from '@signalbox/testing';
import { authDatabase } from '../database';
import { ADMIN } from '../running-auth-for-spec';
import type { AuthSettings } from '../settings.module';
import { UsageIntakeRepository } from '../usage/usage-intake.repository';
import { UsageIntakeService } from '../usage/usage-intake.service';
import { UsagePartitionsRepository } from '../usage/usage-partitions.repository';
import { record } from '../usage/usage-records-for-spec';
import { UsageRollupRepository } from '../usage/usage-rollup.repository';
import { UsageSumsRepository } from '../usage/usage-sums.repository';
import { AuditEntriesRepository } from '../audit/audit-entries.repository';
import { AuditTrail } from '../audit/audit-trail';
import { AlertEntity } from './alert.entity';
import { AlertChangesRepository } from './alert-changes.repository';
import { AlertEvaluator } from './alert-evaluator';
import { AlertFigures } from './alert-figures';
import { AlertTeller } from './alert-teller';
import { AlertsRepository } from './alerts.repository';
import { AlertsService } from './alerts.service';
import { DueAlertsRepository } from './due-alerts.repository';
import { KeyLimitsRepository } from './key-limits.repository';

export interface Published {
  readonly id: string;
  readonly audience: readonly string[] | null | undefined;
  readonly data: AlertEventData;
}

/** The dispatcher, as far as it can be seen from here: an id that it knows is the event that it has. */
export class Dispatcher extends RpcClient {
  readonly events = new Map<string, Published>();
  readonly asked: AttemptCountsQuery[] = [];
  counts: AttemptCounts = { succeeded: 0, failed: 0 };
  state: 'there' | 'away' | 'stores but does not answer' = 'there';

  /** Calls that it did not take are not among its events. */
  get published(): Published[] {
    return [...this.events.values()];
  }

  call<In, Out>(operation: Operation<In, Out>, input: In, options?: CallOptions): Promise<Out> {
    if (this.state === 'away') return Promise.reject(new DomainError({ code: 'SERVICE_UNAVAILABLE' }));
    if ((operation as object) === webhookOperations.attemptCounts) {
      this.asked.push(input as AttemptCountsQuery);
      return Promise.resolve(this.counts as Out);
    }
    expect(operation).toBe(eventOperations.publish);
    const { event_type, data } = input as PublishInput;
    expect(event_type).toBe('system.alert');
    const { idempotencyId: id = 'none', principal } = options?.context ?? {};
    if (!this.events.has(id)) {
      this.events.set(id, { id, audience: principal?.projects, data: JSON.parse(data) as AlertEventData });
    }
    if (this.state !== 'there') return Promise.reject(new DomainError({ code: 'DEADLINE_EXCEEDED' }));
    return Promise.resolve({} as Out);
  }
}

/** One process, as far as the rules can tell. Its rounds are the spec's to begin. */
export class AlertsProcess {
  readonly log = testLog();
  readonly due: DueAlertsRepository;
  readonly evaluator: AlertEvaluator;
  readonly teller: AlertTeller;

  constructor(database: Database, dispatcher: RpcClient) {
    const figures = new AlertFigures(
      new UsageSumsRepository(database),
      new UsageRollupRepository(database),
      new KeyLimitsRepository(database),
      dispatcher,
    );
    this.due = new DueAlertsRepository(database);
    this.evaluator = new AlertEvaluator(this.due, figures, this.log);
    this.teller = new AlertTeller(new AlertChangesRepository(database), dispatcher, this.log);
  }
}

/** Rules on a PostgreSQL of their own. */
export class AlertsUnderTest {
  readonly dispatcher = new Dispatcher();
  readonly service: AlertsService;
  readonly here: AlertsProcess;
  private readonly rollups: UsageRollupRepository;
  private readonly intake: UsageIntakeService;

  private constructor(
    private readonly created: TestDatabase,
    readonly database: Database,
  ) {
    this.rollups = new UsageRollupRepository(database);
    this.service = new AlertsService(
      new AlertsRepository(
        database.dataSource.getRepository(AlertEntity),
        database,
        new AuditTrail(new AuditEntriesRepository(database)),
      ),
      new AlertChangesRepository(database),
    );
    this.intake = new UsageIntakeService(
      new UsageIntakeRepository(database),
      new UsagePartitionsRepository(database),
      { usageRetentionDays: 30 } as AuthSettings,
    );
    this.here = this.process();
  }

  static async start(): Promise<AlertsUnderTest> {
    const created = await testDatabase();
    const config = testConfig({ DATABASE_URL: created.url });
    await migrate(config, [authDatabase], testLog());
    return new AlertsUnderTest(created, await Database.open(authDatabase, config, testLog()));
  }

  process(): AlertsProcess {
    return new AlertsProcess(this.database, this.dispatcher);
  }

  create(fields: Partial<AlertInput> = {}): Promise<AlertView> {
    const rule = { metric: 'error_rate', operator: 'gt', threshold: 10, window_minutes: 10 } as const;
    return this.service.create({ name: `alert ${randomUUID()}`, ...rule, ...fields }, this.context);
  }

  get(id: string): Promise<AlertView> {
    return this.service.get({ id }, this.context);
  }

  async history(id: string) {
    return (await this.service.history({ id, page: 1, size: 100 }, this.context)).items;
  }

  readonly context = {
    principal: ADMIN,
    requestId: 'r',
    traceparent: '',
    deadline: Date.now() + 3_600_000,
  };

  /** Requests of three minutes ago, unless said otherwise. */
  async requests(count: number, fields: Partial<UsageRecord> = {}): Promise<void> {
    const time = new Date(Date.now() - 3 * 60_000).toISOString();
    await this.intake.store({
      id: randomUUID(),
      records: Array.from({ length: count }, () => record({ time, ...fields })),
    });
  }

  async summed(): Promise<void> {
    while (await this.rollups.rollUpSome()) continue;
  }

  /** What a minute does. */
  async minutePasses(): Promise<void> {
    await this.database.query('UPDATE alerts SET due_at = now()');
  }

  async evaluated(): Promise<void> {
    await this.minutePasses();
    await this.here.evaluator.run();
  }

  eventsOf(id: string): Published[] {
    return this.dispatcher.published.filter(({ data }) => data.alert_id === id);
  }

  async empty(): Promise<void> {
    await this.database.query(
      'TRUNCATE alerts, alert_changes, usage_logs, usage_batches, usage_rollups, api_keys CASCADE',
    );
    this.dispatcher.events.clear();
    this.dispatcher.asked.length = 0;
    this.dispatcher.state = 'there';
    this.dispatcher.counts = { succeeded: 0, failed: 0 };
  }

  async stop(): Promise<void> {
    await this.database.close();
    await this.created.drop();
  }
}
