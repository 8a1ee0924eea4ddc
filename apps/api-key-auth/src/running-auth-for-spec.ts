import { randomUUID } from 'node:crypto';
import type { Config } from '@signalbox/config';
import {
  SYSTEM,
  sessionsChanged,
  type CallContext,
  type ClientOrigin,
  type Operation,
  type Principal,
} from '@signalbox/contracts';
import { Database, migrate } from '@signalbox/database';
import { createTransport, type RunningApp, type Transport } from '@signalbox/rpc';
import { testConfig, testDatabase, testLog, type TestDatabase } from '@signalbox/testing';
import type { Logger } from 'pino';
import { startApiKeyAuth } from './app';
import { authDatabase } from './database';

export const ADMIN: Principal = {
  kind: 'user',
  id: '00000000-0000-7000-8000-000000000001',
  name: 'boss',
  role: 'admin',
  projects: null,
};

export const HERE: ClientOrigin = { address: '203.0.113.7', agent: 'curl/8' };
export const ELSEWHERE: ClientOrigin = { address: '198.51.100.9', agent: 'curl/8' };

/** The whole service on a PostgreSQL of its own, called as the gateway calls it. */
export class RunningAuth {
  readonly log = testLog();
  /** Sessions that notices told of. */
  readonly ended: string[] = [];
  private readonly apps: { app: RunningApp; transport: Transport }[] = [];

  private constructor(
    readonly config: Config,
    readonly database: Database,
    private readonly created: TestDatabase,
  ) {}

  static async start(variables: Readonly<Record<string, string>> = {}): Promise<RunningAuth> {
    const created = await testDatabase();
    const config = testConfig({ DATABASE_URL: created.url, ...variables });
    await migrate(config, [authDatabase], testLog());
    const database = await Database.open(authDatabase, config, testLog());
    const auth = new RunningAuth(config, database, created);
    await auth.addReplica();
    return auth;
  }

  /** One more process, as far as the service can tell. */
  async addReplica(
    variables: Readonly<Record<string, string>> = {},
    log: Logger = this.log,
  ): Promise<RunningApp> {
    const config = { ...this.config, ...variables } as Config;
    const transport = await createTransport(config, log);
    await transport.notices.listen(sessionsChanged, ({ session_ids: ids }) => void this.ended.push(...ids));
    const app = await startApiKeyAuth({ config, transport, log });
    this.apps.push({ app, transport });
    return app;
  }

  transport(replica = 0): Transport {
    const running = this.apps[replica];
    if (!running) throw new Error(`There is no replica ${replica}`);
    return running.transport;
  }

  call<In, Out>(
    operation: Operation<In, Out>,
    input: In,
    context: Partial<CallContext> = {},
    replica = 0,
  ): Promise<Out> {
    return this.transport(replica).client.call(operation, input, {
      context: { principal: SYSTEM, requestId: randomUUID(), ...context },
    });
  }

  async sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]> {
    return (await this.database.query<Row>(text, values)).rows;
  }

  /** Whoever has to wait to sign in waits a minute longer: on a busy machine the first waits are over before anything else is done. */
  async waitLonger(): Promise<void> {
    await this.sql(
      `UPDATE sign_in_failures SET wait_until = wait_until + interval '1 minute'
        WHERE wait_until > last_at + interval '0.5 seconds'`,
    );
  }

  async stop(): Promise<void> {
    for (const { app, transport } of this.apps) {
      await app.close();
      await transport.close(1_000);
    }
    await this.database.close();
    await this.created.drop();
  }
}

/** Resolves to what a failed call carried across the wire. */
export async function refusal(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return (error as { data?: unknown }).data ?? error;
  }
  throw new Error('The call was not refused');
}
