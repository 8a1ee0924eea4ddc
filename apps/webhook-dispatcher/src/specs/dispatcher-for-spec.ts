import {
  type CallContext,
  type Operation,
  type Principal,
  type WebhookInput,
  webhookOperations,
  eventOperations,
} from '@signalbox/contracts';
import { Database, migrate } from '@signalbox/database';
import { createTransport, type RunningApp, type Transport } from '@signalbox/rpc';
import { testConfig, testDatabase, testLog, until } from '@signalbox/testing';
import { startWebhookDispatcher } from '../app';
import { webhooksDatabase } from '../database';

export const ADMIN: Principal = { kind: 'user', id: 'u-admin', name: 'admin', role: 'admin', projects: null };

export function confinedTo(...projects: string[]): Principal {
  return { kind: 'user', id: 'u-member', name: 'member', role: 'member', projects };
}

/** One dispatcher on a database of its own, called as the gateway calls it. */
export async function startDispatcher(
  variables: Readonly<Record<string, string>> = {},
  databaseUrl?: string,
) {
  const created = databaseUrl === undefined ? await testDatabase() : null;
  const url = databaseUrl ?? created?.url ?? '';
  const config = testConfig({ DATABASE_URL: url, ...variables });
  const log = testLog();
  await migrate(config, [webhooksDatabase], log);
  const transport: Transport = await createTransport(config, log);
  const app: RunningApp = await startWebhookDispatcher({ config, transport, log });
  const database = await Database.open(webhooksDatabase, config, log);

  const call = <In, Out>(
    op: Operation<In, Out>,
    input: In,
    principal = ADMIN,
    context: Partial<CallContext> = {},
  ) => transport.client.call(op, input, { context: { principal, ...context } });

  return {
    url,
    log,
    transport,
    database,
    call,
    createWebhook: (input: Partial<WebhookInput> & { url: string }, principal = ADMIN) =>
      call(webhookOperations.create, { name: 'test', events: ['task.created'], ...input }, principal),
    publish: (
      data: unknown = { n: 1 },
      type = 'task.created',
      principal = ADMIN,
      context: Partial<CallContext> = {},
    ) =>
      call(
        eventOperations.publish,
        { event_type: type, data: JSON.stringify(data), source: 'api' },
        principal,
        context,
      ),
    deliveries: (webhookId: string) =>
      call(webhookOperations.deliveries, { webhook_id: webhookId, page: 1, size: 100, with_attempts: true }),
    /** Waits until no delivery of any webhook is pending. */
    settled: async (withinMs = 15_000) => {
      await until('every delivery ended', withinMs, async () => {
        const { rows } = await database.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id WHERE d.status = 'pending'`,
        );
        return rows[0]?.n === 0;
      });
    },
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

export type DispatcherUnderTest = Awaited<ReturnType<typeof startDispatcher>>;
