import { DomainError } from '@signalbox/contracts';
import { register } from 'prom-client';
import type { Transport } from '../transport';
import { serve, type Log, type TransportOptions } from '../test-service-for-spec';

/** A process that calls and one that serves; where there is only one process, they are the same. */
export interface Pair {
  readonly caller: Transport;
  readonly callee: Transport;
  readonly log: Log;
}

export type OpenPair = (options?: Partial<TransportOptions>) => Promise<Pair>;

/** What a suite has opened, and ends after each test. */
export class Bench {
  private readonly gates: (() => void)[] = [];
  private readonly services: (() => Promise<void>)[] = [];
  private readonly pairs: Pair[] = [];

  constructor(private readonly open: OpenPair) {
    afterEach(() => this.end());
  }

  async pair(options?: Partial<TransportOptions>): Promise<Pair> {
    const pair = await this.open(options);
    this.pairs.push(pair);
    return pair;
  }

  async serve(...args: Parameters<typeof serve>): Promise<() => Promise<void>> {
    const stop = await serve(...args);
    this.services.push(stop);
    return stop;
  }

  /** What a handler waits for until the test says so. */
  gate(): { readonly released: Promise<void>; readonly release: () => void } {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    this.gates.push(release);
    return { released, release };
  }

  private async end(): Promise<void> {
    for (const release of this.gates.splice(0)) release();
    for (const stop of this.services.splice(0)) await stop();
    for (const { caller, callee } of this.pairs.splice(0)) {
      await Promise.all([caller.close(1_000), callee.close(1_000)]);
    }
  }
}

export async function failureOf(call: Promise<unknown>): Promise<DomainError> {
  const error: unknown = await call.then(
    (value) => new Error(`It answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

/** A metric's value for these labels; of a histogram, how often it observed. */
export async function measured(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const metric = await register.getSingleMetric(name)?.get();
  const found = metric?.values.find(
    (entry) =>
      (!('metricName' in entry) || entry.metricName === `${name}_count`) &&
      Object.entries(labels).every(([label, value]) => entry.labels[label] === value),
  );
  return found?.value ?? 0;
}
