import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@signalbox/testing';
import { SHUTDOWN_SECONDS } from './kit/environment';
import type { HubClient } from './kit/hub-client';
import { describeOnBothStacks } from './kit/stacks';

const CLOSES_WITHIN_MS = SHUTDOWN_SECONDS * 1000 + 10_000;
const USAGE = '/api/v1/admin/integration/api-keys/usage-stats';
const PATH = '/api/users/me/';
const CALLERS = 8;

/** Calls without a rest and keeps the book of what was answered, by the id of each request. */
class Load {
  readonly answered = new Map<string, number>();
  /** Nobody knows whether those came through. */
  readonly broken = new Set<string>();
  private stopped = false;
  private sent = 0;
  private readonly done: Promise<unknown>;

  constructor(
    private readonly name: string,
    private readonly clients: readonly HubClient[],
  ) {
    this.done = Promise.all(Array.from({ length: CALLERS }, () => this.work()));
  }

  /** Until this many more were served: how long that takes is the machine's affair. */
  async goesOn(more: number): Promise<void> {
    const served = () => [...this.answered.values()].filter((status) => status === 200).length;
    const enough = served() + more;
    await until(`${more} more are served`, 60_000, () => served() >= enough);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const n = (this.sent += 1);
      const id = `${this.name}-${n}`;
      const client = this.clients[n % this.clients.length];
      try {
        const answer = await client?.call('GET', PATH, { headers: { 'x-request-id': id } });
        if (answer) this.answered.set(id, answer.status);
      } catch {
        this.broken.add(id);
        await sleep(20);
      }
    }
  }
}

describeOnBothStacks('usage records', (stack) => {
  const records = async (
    client: HubClient,
    from: string,
  ): Promise<{ request_id: string; status: number }[]> => {
    const { text } = await client.call('GET', `${USAGE}/export?format=json&from=${from}&endpoint=${PATH}`, {
      withinMs: 60_000,
    });
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { request_id: string; status: number });
  };
  const total = async (client: HubClient, from: string): Promise<number> =>
    (
      await client.ok<{ total_requests: number }>(
        'GET',
        `${USAGE}?granularity=minute&from=${from}&endpoint=${PATH}`,
      )
    ).total_requests;

  stack.it(
    'are exactly what was answered, across a SIGTERM of each process under load',
    async () => {
      const clients = await stack.clients();
      const [client] = clients;
      const from = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString();
      const load = new Load('sigterm', clients);
      for (const app of stack.now.apps) {
        await load.goesOn(100);
        expect({ app: app.name, code: await app.stop(CLOSES_WITHIN_MS) }).toEqual({ app: app.name, code: 0 });
        await app.start();
      }
      await load.goesOn(100);
      await load.stop();

      let found: Awaited<ReturnType<typeof records>> = [];
      await until('every answered request is on record', 30_000, async () => {
        found = (await records(client, from)).filter(({ request_id: id }) => id.startsWith('sigterm-'));
        const ids = new Set(found.map(({ request_id: id }) => id));
        await sleep(300);
        return [...load.answered.keys()].every((id) => ids.has(id));
      }).catch((error: unknown) => {
        const ids = new Set(found.map(({ request_id: id }) => id));
        const missing = [...load.answered].filter(([id]) => !ids.has(id));
        throw new Error(
          `${missing.length} of ${load.answered.size} are missing: ${missing.slice(0, 5).join('; ')}`,
          {
            cause: error,
          },
        );
      });
      // Each once, as it was answered; what else there is are requests whose answer was lost on its way.
      expect(new Set(found.map(({ request_id: id }) => id)).size).toBe(found.length);
      const answered = found.filter(({ request_id: id }) => load.answered.has(id));
      expect(answered.filter(({ request_id: id, status }) => load.answered.get(id) !== status)).toEqual([]);
      const others = found.filter(({ request_id: id }) => !load.answered.has(id));
      expect(others.filter(({ request_id: id }) => !load.broken.has(id))).toEqual([]);
      expect(answered).toHaveLength(load.answered.size);

      // The sums come to the same as the records.
      const count = (await records(client, from)).length;
      await until('the sums have caught up', 30_000, async () => {
        await sleep(300);
        return (await total(client, from)) === count;
      }).catch(async (error: unknown) => {
        throw new Error(`The sums say ${await total(client, from)}, the records are ${count}`, {
          cause: error,
        });
      });
    },
    240_000,
  );
});
