import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HubClient, Hung } from './hub-client';

export interface PublishOptions {
  /** Asked in turn. */
  readonly clients: readonly HubClient[];
  readonly project: string;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Ends after that many; until `stop` without it. */
  readonly count?: number;
  /** Of each of the `concurrency` after each request. */
  readonly pauseMs?: number;
}

/** Publishes many events and keeps the book of what was promised. Each carries a key of its own in `data.key`. */
export class Publisher {
  /** Keys of the events that were accepted (202), with their ids. */
  readonly acknowledged = new Map<string, string>();
  /** Answers other than 202, by status. */
  readonly refused = new Map<number, number>();
  /** The first refusal of each status, word for word. */
  readonly samples = new Map<number, string>();
  /** Connections that broke or could not be made: the gateway itself was away. */
  broken = 0;
  hung = 0;
  slowestMs = 0;
  private readonly run = randomUUID();
  private sent = 0;
  private stopped = false;
  private readonly done: Promise<unknown>;

  constructor(private readonly options: PublishOptions) {
    this.done = Promise.all(Array.from({ length: options.concurrency }, () => this.work()));
  }

  /** No more; resolves when every request is settled. */
  async stop(): Promise<this> {
    this.stopped = true;
    return await this.finished();
  }

  async finished(): Promise<this> {
    await this.done;
    return this;
  }

  summary(): string {
    const refused = [...this.refused].map(([status, n]) => `${n} × ${status}`).join(', ') || 'none';
    return `${this.acknowledged.size} accepted, refused: ${refused}, broken: ${this.broken}, slowest ${Math.round(this.slowestMs)} ms`;
  }

  private async work(): Promise<void> {
    const { count = Infinity, pauseMs = 0 } = this.options;
    while (!this.stopped && this.sent < count) {
      await this.publish((this.sent += 1));
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  private async publish(n: number): Promise<void> {
    const { clients, project } = this.options;
    const client = clients[n % clients.length];
    if (!client) throw new Error('Nobody to publish to');
    const key = `${this.run}-${n}`;
    const began = performance.now();
    try {
      const { status, json, text } = await client.call<{ content: { event_id: string } }>(
        'POST',
        `/api/v1/webhooks/events/task.created?project_id=${project}`,
        { body: { key } },
      );
      if (status === 202) this.acknowledged.set(key, json.content.event_id);
      else {
        this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
        if (!this.samples.has(status)) this.samples.set(status, text);
      }
    } catch (error) {
      if (error instanceof Hung) this.hung += 1;
      else {
        this.broken += 1;
        // A gateway that is away refuses at once: asking it without a rest would only heat the machine.
        await sleep(50);
      }
    } finally {
      this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
    }
  }
}
