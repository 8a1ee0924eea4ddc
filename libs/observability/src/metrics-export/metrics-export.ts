import { hostname } from 'node:os';
import type { Config } from '@signalbox/config';
import type { Logger } from 'pino';
import { counter, metricSamples } from '../metrics';
import { ElasticsearchSink } from './elasticsearch-sink';
import type { MetricsSink } from './metrics-sink';
import { StatsdSink } from './statsd-sink';

/** Longest that a sink may take; figures that come meanwhile wait. */
const FLUSH_MS = 5_000;

const rounds = counter({
  name: 'signalbox_metrics_exports_total',
  help: 'Times that figures were sent to a sink of metrics, by sink and outcome: sent or failed',
  labelNames: ['sink', 'outcome'],
});

/** Sends what `/metrics` shows to the sinks that the settings name, at an interval. The request path does not know of it. */
export class MetricsExport {
  private readonly lanes: readonly Lane[];
  private readonly timer: NodeJS.Timeout;

  constructor(
    sinks: readonly MetricsSink[],
    intervalMs: number,
    private readonly log: Logger,
  ) {
    this.lanes = sinks.map((sink) => new Lane(sink, log));
    this.timer = setInterval(() => void this.round(), intervalMs).unref();
  }

  /** @returns undefined where the settings name no sink */
  static of(config: Config, app: string, log: Logger): MetricsExport | undefined {
    const source = { app, instance: `${hostname()}-${process.pid}` };
    const sinks: MetricsSink[] = [];
    if (config.STATSD_URL !== undefined) sinks.push(new StatsdSink(config.STATSD_URL, source));
    if (config.ELASTICSEARCH_URL !== undefined)
      sinks.push(new ElasticsearchSink(config.ELASTICSEARCH_URL, config.ELASTICSEARCH_INDEX, source));
    return sinks.length > 0
      ? new MetricsExport(sinks, config.METRICS_INTERVAL_SECONDS * 1000, log)
      : undefined;
  }

  /** Sends the last figures, within `ms`, and then sends nothing more. Never rejects. */
  async close(ms: number): Promise<void> {
    clearInterval(this.timer);
    const until = AbortSignal.timeout(ms);
    const underWay = AbortSignal.timeout(ms / 2);
    await Promise.all(this.lanes.map((lane) => lane.settled(underWay)));
    await this.round(until);
    await Promise.all(this.lanes.map((lane) => lane.close()));
  }

  private async round(until?: AbortSignal): Promise<void> {
    try {
      const at = new Date();
      const samples = await metricSamples();
      await Promise.all(this.lanes.map((lane) => lane.send(samples, at, until)));
    } catch (error) {
      this.log.error({ err: error }, 'The figures cannot be read');
    }
  }
}

/** One sink, with one flush at a time; an outage is logged when it begins and when it is over. */
class Lane {
  private flushing: Promise<void> | undefined;
  private readonly closing = new AbortController();
  private away = false;

  constructor(
    private readonly sink: MetricsSink,
    private readonly log: Logger,
  ) {}

  /** Never rejects. */
  async send(
    samples: Parameters<MetricsSink['take']>[0],
    at: Date,
    until: AbortSignal | undefined,
  ): Promise<void> {
    this.sink.take(samples, at);
    if (this.flushing && !until) return;
    await this.flushing;
    this.flushing = this.flush(
      until ?? AbortSignal.any([AbortSignal.timeout(FLUSH_MS), this.closing.signal]),
    );
    await this.flushing;
    this.flushing = undefined;
  }

  /** Waits for what is under way, and ends it at `until`. */
  async settled(until: AbortSignal): Promise<void> {
    until.addEventListener('abort', () => this.closing.abort(), { once: true });
    await this.flushing;
  }

  async close(): Promise<void> {
    try {
      await this.sink.close();
    } catch (error) {
      this.log.debug({ err: error, sink: this.sink.name }, 'A sink of metrics did not close');
    }
  }

  private async flush(signal: AbortSignal): Promise<void> {
    const { name } = this.sink;
    try {
      await this.sink.flush(signal);
      rounds.inc({ sink: name, outcome: 'sent' });
      if (this.away) this.log.info({ sink: name }, 'Figures are sent again');
      this.away = false;
    } catch (error) {
      rounds.inc({ sink: name, outcome: 'failed' });
      if (!this.away) this.log.warn({ sink: name, reason: reasonOf(error) }, 'Figures cannot be sent');
      this.away = true;
    }
  }
}

/** Not the error itself: a client's carries the request, and who asked. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
