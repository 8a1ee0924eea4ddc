import type { Operation, Principal } from '@signalbox/contracts';
import { Database, migrate } from '@signalbox/database';
import { createTransport, type RunningApp } from '@signalbox/rpc';
import { testConfig, testDatabase, testLog } from '@signalbox/testing';
import { startIntegrationSync } from '../app';
import { integrationsDatabase } from '../database';

export const ADMIN: Principal = { kind: 'user', id: 'u-admin', name: 'admin', role: 'admin', projects: null };

/** The service on a database of its own, called as the gateway calls it. */
export async function startSync(variables: Readonly<Record<string, string>> = {}, databaseUrl?: string) {
  const created = databaseUrl === undefined ? await testDatabase() : null;
  const url = databaseUrl ?? created?.url ?? '';
  const config = testConfig({ DATABASE_URL: url, SHUTDOWN_SECONDS: '5', ...variables });
  const log = testLog();
  await migrate(config, [integrationsDatabase], log);
  const transport = await createTransport(config, log);
  let app: RunningApp;
  try {
    app = await startIntegrationSync({ config, transport, log });
  } catch (error) {
    await transport.close(1_000);
    await created?.drop();
    throw error;
  }
  const database = await Database.open(integrationsDatabase, config, log);
  return {
    url,
    log,
    transport,
    database,
    call: <In, Out>(operation: Operation<In, Out>, input: In, principal = ADMIN) =>
      transport.client.call(operation, input, { context: { principal } }),
    sql: async <T extends object>(text: string, values: unknown[] = []) =>
      (await database.query<T & Record<string, unknown>>(text, values)).rows,
    stop: async () => {
      await app.close();
      await transport.close(1_000);
      await database.close();
    },
    drop: async () => {
      await created?.drop();
    },
  };
}

export type SyncUnderTest = Awaited<ReturnType<typeof startSync>>;
