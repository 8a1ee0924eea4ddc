import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatsD } from 'hot-shots';
import type { MetricSample } from '../metrics';
import { lost, type MetricsSink, type MetricsSource } from './metrics-sink';

/** What fits into an Ethernet frame over IPv6 and is never cut into fragments. */
const PACKET_BYTES = 1_432;
/** Lines sent at a stretch: more would hold up requests, and overflow the socket of whoever reads them. */
const LINES_AT_ONCE = 100;
const BREATH_MS = 2;
const DEFAULT_PORT = 8125;

/**
 * Sends what has grown as the difference to what was sent last (`|c`), everything else as it is (`|g`). The differences are the
 * buffer: what could not be sent for a time is part of the next ones.
 */
export class StatsdSink implements MetricsSink {
  readonly name = 'statsd';
  private readonly host: string;
  private readonly port: number;
  private readonly sent = new Map<string, number>();
  private latest: readonly MetricSample[] = [];
  private client: { readonly statsd: StatsD; readonly address: string } | undefined;
  private failure: Error | undefined;

  /** @param url `udp://host[:port]` */
  constructor(
    url: string,
    private readonly source: MetricsSource,
  ) {
    const { hostname, port } = new URL(url);
    this.host = hostname.replace(/^\[(.*)\]$/, '$1');
    this.port = port === '' ? DEFAULT_PORT : Number(port);
  }

  take(samples: readonly MetricSample[]): void {
    this.latest = samples;
  }

  async flush(signal: AbortSignal): Promise<void> {
    const statsd = await this.connected(signal);
    const samples = this.latest;
    for (let from = 0; from < samples.length; from += LINES_AT_ONCE) {
      signal.throwIfAborted();
      for (const sample of samples.slice(from, from + LINES_AT_ONCE)) this.send(statsd, sample);
      await sleep(BREATH_MS);
    }
    await within(new Promise<void>((sent) => statsd.flush(() => sent())), signal);
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  async close(): Promise<void> {
    await this.disconnect();
  }

  private send(statsd: StatsD, { name, type, labels, value }: MetricSample): void {
    // The quantiles of a summary come and go; its sum and count only grow.
    const grows = type === 'summary' ? !('quantile' in labels) : type !== 'gauge';
    if (!grows) {
      statsd.gauge(name, value, labels);
      return;
    }
    const series = `${name} ${Object.entries(labels).flat().join(' ')}`;
    const before = this.sent.get(series) ?? 0;
    this.sent.set(series, value);
    const grown = value >= before ? value - before : value;
    if (grown > 0) statsd.increment(name, grown, labels);
  }

  /** Looks the name up each time: a daemon may move, and a name that is not there must not use differences up. */
  private async connected(signal: AbortSignal): Promise<StatsD> {
    const { address } = await within(lookup(this.host), signal);
    if (this.client?.address === address) return this.client.statsd;
    await this.disconnect();
    const { StatsD: Client } = await import('hot-shots');
    const statsd = new Client({
      host: address,
      port: this.port,
      maxBufferSize: PACKET_BYTES,
      globalTags: { ...this.source },
      errorHandler: (error) => {
        lost.inc({ sink: this.name, reason: 'failed' });
        this.failure = error;
      },
      // Only the settings of the hub say what is sent, and where.
      datadog: false,
      includeDataDogTags: false,
      includeDatadogTelemetry: false,
    });
    this.client = { statsd, address };
    return statsd;
  }

  private async disconnect(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client) await new Promise<void>((closed) => client.statsd.close(() => closed()));
  }
}

/** @throws when `signal` comes first */
async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
