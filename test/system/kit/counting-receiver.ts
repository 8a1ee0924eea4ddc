import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { until } from '@signalbox/testing';

/** What an endpoint answers to one attempt: a status, at once, after a while or when the test says so; or nothing at all. */
export type Behaviour = (attempt: {
  /** `webhook-id`: the same over all attempts of a delivery. */
  readonly id: string;
  /** Counts from 1. */
  readonly nth: number;
}) => number | 'hang' | Promise<number> | { readonly status: number; readonly afterMs: number };

interface Delivery {
  readonly key: string;
  attempts: number;
  /** Attempts that were answered with success, as far as the receiver knows. */
  successes: number;
}

/** One endpoint of the receiver, and what it was sent. */
export class Endpoint {
  readonly deliveries = new Map<string, Delivery>();
  /** Keys of events that were received and answered with success, with how often. */
  readonly succeeded = new Map<string, number>();

  constructor(
    readonly url: string,
    public behaviour: Behaviour,
  ) {}

  get attempts(): number {
    return [...this.deliveries.values()].reduce((sum, { attempts }) => sum + attempts, 0);
  }

  /** Successes beyond the first of a delivery: sent although they had arrived. */
  get duplicates(): number {
    return [...this.deliveries.values()].reduce((sum, { successes }) => sum + Math.max(0, successes - 1), 0);
  }

  missing(keys: Iterable<string>): string[] {
    return [...keys].filter((key) => !this.succeeded.has(key));
  }

  /** @throws when not every key has arrived in time, saying how many are missing */
  async hasAll(keys: Iterable<string>, withinMs: number): Promise<void> {
    const wanted = [...keys];
    await until('every acknowledged event arrived', withinMs, () => this.missing(wanted).length === 0).catch(
      (error: unknown) => {
        const missing = this.missing(wanted);
        throw new Error(
          `${missing.length} of ${wanted.length} are missing, ${missing.slice(0, 3).join()} …`,
          {
            cause: error,
          },
        );
      },
    );
  }
}

const HELD_AT_MOST_MS = 600_000;

/** A receiver of webhooks in the process of the tests: verifies every signature, counts, and keeps no bodies. */
export class CountingReceiver {
  readonly secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  /** What was wrong with requests that are no proper deliveries. */
  readonly wrong: string[] = [];
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly verifier = new Webhook(this.secret);
  private readonly closing = new AbortController();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const endpoint = this.endpoints.get(request.url ?? '');
      const delivery = this.take(endpoint, request.headers as Record<string, string>, Buffer.concat(chunks));
      if (!endpoint || !delivery) return void response.writeHead(500).end();
      const behaviour = endpoint.behaviour({
        id: request.headers['webhook-id'] as string,
        nth: delivery.attempts,
      });
      if (behaviour === 'hang') return;
      const answer = (status: number) => {
        if (response.destroyed) return;
        if (status < 300) {
          delivery.successes += 1;
          endpoint.succeeded.set(delivery.key, (endpoint.succeeded.get(delivery.key) ?? 0) + 1);
        }
        response.writeHead(status).end();
      };
      if (typeof behaviour === 'number') answer(behaviour);
      else void this.later(behaviour).then(answer, () => undefined);
    });
  });

  static async start(): Promise<CountingReceiver> {
    const receiver = new CountingReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    receiver.server.keepAliveTimeout = 60_000;
    return receiver;
  }

  /** A new endpoint; answers 200 unless told otherwise. */
  endpoint(behaviour: Behaviour = () => 200): Endpoint {
    const path = `/${this.endpoints.size + 1}`;
    const { port } = this.server.address() as AddressInfo;
    const endpoint = new Endpoint(`http://127.0.0.1:${port}${path}`, behaviour);
    this.endpoints.set(path, endpoint);
    return endpoint;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private later(behaviour: Promise<number> | { status: number; afterMs: number }): Promise<number> {
    if (behaviour instanceof Promise) return behaviour;
    const { status, afterMs } = behaviour;
    return sleep(Math.min(afterMs, HELD_AT_MOST_MS), status, { signal: this.closing.signal });
  }

  private take(endpoint: Endpoint | undefined, headers: Record<string, string>, body: Buffer) {
    try {
      const { data } = this.verifier.verify(body.toString('utf8'), headers) as { data: { key: string } };
      const published = createHmac('sha256', this.secret).update(body).digest('hex');
      if (headers['x-embedai-signature'] !== `sha256=${published}`)
        throw new Error('X-EmbedAI-Signature is wrong');
      if (headers['x-embedai-event'] !== 'task.created') throw new Error('X-EmbedAI-Event is wrong');
      const id = headers['webhook-id'] ?? '';
      const known = endpoint?.deliveries.get(id);
      const delivery = known ?? { key: data.key, attempts: 0, successes: 0 };
      if (delivery.key !== data.key) throw new Error(`webhook-id ${id} is of two events`);
      delivery.attempts += 1;
      if (!known) endpoint?.deliveries.set(id, delivery);
      return delivery;
    } catch (error) {
      this.wrong.push(String(error));
      return undefined;
    }
  }
}
