import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DomainError, SYSTEM, type ConnectionTestView } from '@signalbox/contracts';
import { Jobs } from '@signalbox/jobs';
import { counter } from '@signalbox/observability';
import { Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../parts.module';
import { ConnectionTestsRepository } from './connection-tests.repository';
import { ConnectionTester } from './connection-tester';
import { IntegrationsRepository, type Current } from './integrations.repository';
import { SettingsVault } from './settings-vault';

const QUEUE = 'connection-tests';
/** What a lost wake-up costs. */
const LOOK_EVERY_MS = 1_000;
const AT_ONCE = 8;

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
    (signal) => this.testDue(signal),
    (error) => this.log.warn({ err: error }, 'Connections could not be tested; trying again shortly'),
  );
  private testing: Promise<void> | undefined;

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
    await this.rounds.stop();
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
  async testNow(integration: Current, actor: string, asked = true): Promise<ConnectionTestView> {
    const startedAt = new Date();
    const result = await this.tester.test(integration, this.vault.open(integration.current));
    tests.inc({ result: result.connected ? 'success' : 'failure' });
    await this.due.keep(integration, startedAt, result, { actor, asked });
    return { success: result.connected, message: result.connected ? null : result.message };
  }

  /** All that are due, a few at a time. One round at a time in a process. */
  private testDue(signal?: AbortSignal): Promise<void> {
    this.testing ??= this.round(signal).finally(() => (this.testing = undefined));
    return this.testing;
  }

  private async round(signal?: AbortSignal): Promise<void> {
    for (;;) {
      const ids = await this.due.takeDue(AT_ONCE);
      await Promise.all(ids.map((id) => this.testOne(id)));
      if (ids.length < AT_ONCE || signal?.aborted || this.rounds.stopped) return;
    }
  }

  /** One that fails is due again when its minute is over, and does not keep the others from being tested. */
  private async testOne(id: string): Promise<void> {
    try {
      const integration = await this.integrations.find(id);
      if (integration) await this.testNow(integration, SYSTEM.id, false);
    } catch (error) {
      const expected = error instanceof DomainError;
      this.log[expected ? 'warn' : 'error'](
        { err: error, integration: id },
        'A connection could not be tested',
      );
    }
  }
}
