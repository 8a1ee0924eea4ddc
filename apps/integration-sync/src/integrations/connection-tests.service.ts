import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { ConnectionResult } from '@signalbox/connectors';
import { DomainError, SYSTEM, type ConnectionTestView } from '@signalbox/contracts';
import { Jobs } from '@signalbox/jobs';
import { counter } from '@signalbox/observability';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../parts.module';
import { ConnectionTestsRepository, type PutOff, type TestedFor } from './connection-tests.repository';
import { ConnectionTester } from './connection-tester';
import { IntegrationsRepository, type Current } from './integrations.repository';
import { originOf } from './settings-check';
import { type IntegrationSettings, SettingsVault } from './settings-vault';

const QUEUE = 'connection-tests';
/** What a lost wake-up costs. */
const LOOK_EVERY_MS = 1_000;
const AT_ONCE = 8;
/** Many may lead to one that takes its time to answer: others have places left. */
const AT_ONCE_OF_ORIGIN = 3;
/** That are passed over for as long as their origin has no place; more than that are due again later. */
const MOST_PASSED_OVER = 1_000;
const LATER_MS = 5_000;

const tests = counter({
  name: 'integration_connection_tests',
  help: 'Connection tests of integrations, by what they found',
  labelNames: ['result'],
});

/** Tests connections, when somebody asks and in the background after a change. */
@Injectable()
export class ConnectionTestsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    LOOK_EVERY_MS,
    () => this.testDue(),
    (error) => this.log.warn({ err: error }, 'Connections could not be tested; trying again shortly'),
  );
  private readonly stopping = new AbortController();
  /** The origins of those that are being tested. */
  private readonly underWay = new Map<Promise<void>, string>();
  private readonly passedOver = new Map<string, PutOff & { origin: string }>();
  private looking: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly due: ConnectionTestsRepository,
    private readonly integrations: IntegrationsRepository,
    private readonly tester: ConnectionTester,
    private readonly vault: SettingsVault,
    private readonly jobs: Jobs,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.worker(QUEUE, () => this.testDue());
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Before the way out is closed: what this cuts short is due again, where what fails is held against the provider. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([this.rounds.stop(), this.looking]);
    await Promise.all(this.underWay.keys());
  }

  /** Some process looks at once; never throws and is never waited for. */
  wake(): void {
    this.jobs
      .queue<null>(QUEUE)
      .add(null)
      .catch((error: unknown) =>
        this.log.debug({ err: error }, 'No test could be woken; it is found in the database shortly'),
      );
  }

  /** Tests it now. @param actor who wants to know */
  async testNow(integration: Current, actor: string): Promise<ConnectionTestView> {
    const settings = this.vault.open(integration.current);
    const result = await this.test(integration, settings, { actor, asked: true });
    if (result === null) throw new DomainError({ code: 'SERVICE_UNAVAILABLE' });
    return { success: result.connected, message: result.connected ? null : result.message };
  }

  /** Null where it was cut short, which says nothing about the provider. */
  private async test(
    integration: Current,
    settings: IntegrationSettings,
    wanted: TestedFor,
  ): Promise<ConnectionResult | null> {
    const { signal } = this.stopping;
    const startedAt = new Date();
    const result = await this.tester.test(integration, settings, signal);
    if (!result.connected && signal.aborted) return null;
    tests.inc({ result: result.connected ? 'success' : 'failure' });
    await this.due.keep(integration, startedAt, result, wanted);
    return result;
  }

  /** Begins with what is due, as far as there are places; whenever a test ends, the next ones are looked for. */
  private testDue(): Promise<void> {
    this.again = true;
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async look(): Promise<void> {
    if (this.underWay.size === 0) this.passedOver.clear();
    while (this.again && this.underWay.size < AT_ONCE && !this.stopping.signal.aborted) {
      const free = AT_ONCE - this.underWay.size;
      const without = [...this.passedOver.values()].filter(({ origin }) => this.isFull(origin));
      this.again = false;
      const ids = await this.due.takeDue(free, without);
      await Promise.all(ids.map((id) => this.begin(id)));
      this.again ||= ids.length === free;
    }
  }

  /** One that fails is due again when its minute is over, and does not keep the others from being tested. */
  private async begin(id: string): Promise<void> {
    try {
      const integration = await this.integrations.find(id);
      if (integration === null) return;
      const settings = this.vault.open(integration.current);
      const origin = originOf(settings.configuration) ?? integration.provider;
      if (this.isFull(origin)) return await this.passOver(integration, origin);
      this.passedOver.delete(id);
      const ended = this.testOne(integration, settings).finally(() => {
        this.underWay.delete(ended);
        // What fails shows in the next round.
        this.testDue().catch(() => undefined);
      });
      this.underWay.set(ended, origin);
    } catch (error) {
      this.failed(id, error);
    }
  }

  private async testOne(integration: Current, settings: IntegrationSettings): Promise<void> {
    try {
      const result = await this.test(integration, settings, { actor: SYSTEM.id, asked: false });
      if (result === null) await this.due.putOff(integration, new Date());
    } catch (error) {
      this.failed(integration.id, error);
    }
  }

  private isFull(origin: string): boolean {
    const tested = [...this.underWay.values()].filter((one) => one === origin);
    return tested.length >= AT_ONCE_OF_ORIGIN;
  }

  /** Due still, and not looked at here before its origin has a place again. */
  private async passOver(integration: Current, origin: string): Promise<void> {
    const { id } = integration;
    const known = this.passedOver.has(id) || this.passedOver.size < MOST_PASSED_OVER;
    const dueAt = new Date(Date.now() + (known ? 0 : LATER_MS));
    if (known) this.passedOver.set(id, { id, dueAt, origin });
    await this.due.putOff(integration, dueAt);
  }

  private failed(id: string, error: unknown): void {
    const expected = error instanceof DomainError;
    this.log[expected ? 'warn' : 'error'](
      { err: error, integration: id },
      'A connection could not be tested',
    );
  }
}
