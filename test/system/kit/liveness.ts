import { setTimeout as sleep } from 'node:timers/promises';
import type { HubClient } from './hub-client';
import type { Stack } from './stack';

const EVERY_MS = 200;
/** A process that lives may be slow on a busy machine. */
const WITHIN_MS = 15_000;

/** Asks every process again and again whether it lives, and keeps what was not the one right answer. */
export class Liveness {
  readonly wrong: string[] = [];
  /** How often everybody was asked. */
  rounds = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly stack: Stack,
    private readonly clients: readonly HubClient[],
  ) {
    this.done = this.watch();
  }

  async stop(): Promise<this> {
    this.stopped = true;
    await this.done;
    return this;
  }

  private async watch(): Promise<void> {
    for (; !this.stopped; await sleep(EVERY_MS)) {
      await Promise.all([
        ...this.stack.apps.map(async (app) => {
          const { status, body } = await app.probe('/health/live', WITHIN_MS);
          if (status !== 200) this.wrong.push(`${app.name}: ${status} ${body}`);
        }),
        ...this.clients.map(async (client) => {
          const answer = await client.call('GET', '/health/live', { withinMs: WITHIN_MS }).catch(String);
          if (typeof answer === 'string') this.wrong.push(`${client.url}: ${answer}`);
          else if (answer.status !== 200) this.wrong.push(`${client.url}: ${answer.status} ${answer.text}`);
        }),
      ]);
      this.rounds += 1;
    }
  }
}
