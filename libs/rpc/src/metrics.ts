import type { ServiceName } from '@signalbox/contracts';
import { counter, gauge, histogram } from '@signalbox/observability';
import type { Histogram } from 'prom-client';

/** Remembers its series, since finding one by its labels costs more than observing: as many as operations and outcomes. */
class OperationTimes {
  private readonly series = new Map<string, ReturnType<Histogram['labels']>>();

  constructor(private readonly times: Histogram<'service' | 'operation' | 'outcome'>) {}

  observe(service: ServiceName, operation: string, outcome: string, ms: number): void {
    const name = `${service} ${operation} ${outcome}`;
    const series = this.series.get(name) ?? this.times.labels({ service, operation, outcome });
    this.series.set(name, series);
    series.observe(ms / 1000);
  }
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `outcome` is `ok` or the error code. */
const callSeconds = histogram({
  name: 'signalbox_rpc_call_duration_seconds',
  help: 'Time from calling an operation to its answer or refusal, as the caller sees it.',
  labelNames: ['service', 'operation', 'outcome'],
  buckets: SECONDS,
});

const handlingSeconds = histogram({
  name: 'signalbox_rpc_handling_duration_seconds',
  help: 'Time a service takes to handle an operation.',
  labelNames: ['service', 'operation', 'outcome'],
  buckets: SECONDS,
});

export const calls = new OperationTimes(callSeconds);
export const handlings = new OperationTimes(handlingSeconds);

export const pendingCalls = gauge({
  name: 'signalbox_rpc_pending_calls',
  help: 'Calls of this process that wait for an answer.',
});

export const runningOperations = gauge({
  name: 'signalbox_rpc_running_operations',
  help: 'Operations a service is handling.',
  labelNames: ['service'],
});

export const linkUp = gauge({
  name: 'signalbox_rpc_link_up',
  help: '1 while the link to RabbitMQ is up.',
});

export const noticesDropped = counter({
  name: 'signalbox_rpc_notices_dropped_total',
  help: 'Notices that could not be told, by name.',
  labelNames: ['notice'],
});
