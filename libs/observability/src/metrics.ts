import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  register,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';

/*
 * Several apps may share a process: whoever asks second for a metric gets the one that is already there. Asking for the
 * same name as another kind of metric is a mistake and throws.
 */

export function counter<T extends string = string>(configuration: CounterConfiguration<T>): Counter<T> {
  return existing<Counter<T>>(configuration.name, Counter) ?? new Counter(configuration);
}

export function gauge<T extends string = string>(configuration: GaugeConfiguration<T>): Gauge<T> {
  return existing<Gauge<T>>(configuration.name, Gauge) ?? new Gauge(configuration);
}

export function histogram<T extends string = string>(configuration: HistogramConfiguration<T>): Histogram<T> {
  return existing<Histogram<T>>(configuration.name, Histogram) ?? new Histogram(configuration);
}

/** Everything measured in this process, with the process's own figures, as Prometheus text. */
export async function metricsText(): Promise<{ contentType: string; body: string }> {
  measureProcess();
  return { contentType: register.contentType, body: await register.metrics() };
}

/** One line of `/metrics`. */
export interface MetricSample {
  /** As in the text: a histogram's are `…_bucket`, `…_sum` and `…_count`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The same figures as `metricsText`, but those that are no number. */
export async function metricSamples(): Promise<MetricSample[]> {
  measureProcess();
  const metrics = await register.getMetricsAsJSON();
  return metrics.flatMap(({ name, type, values }) =>
    (values as readonly JsonValue[])
      .filter(({ value }) => Number.isFinite(value))
      .map(({ metricName, labels, value }) => ({
        name: metricName ?? name,
        // Types of 15.1.3 promise the enumeration's numbers; what comes is its text.
        type: type as unknown as MetricSample['type'],
        labels: asText(labels),
        value,
      })),
  );
}

/** Thousands at a time: those that are text already, all but the bounds of buckets, are not copied. */
function asText(labels: JsonValue['labels']): MetricSample['labels'] {
  const isText = Object.values(labels).every((value) => typeof value === 'string');
  return isText
    ? (labels as MetricSample['labels'])
    : Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)]));
}

/** What prom-client gives for each line, whatever kind of metric it is. */
interface JsonValue {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

function measureProcess(): void {
  if (register.getSingleMetric('process_cpu_seconds_total') === undefined)
    collectDefaultMetrics({ register });
}

function existing<M extends object>(
  name: string,
  kind: abstract new (...args: never[]) => object,
): M | undefined {
  const found = register.getSingleMetric(name);
  if (found === undefined) return undefined;
  if (!(found instanceof kind)) throw new Error(`The metric ${name} exists already and is of another kind`);
  return found as unknown as M;
}
