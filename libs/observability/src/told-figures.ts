import type { ToldFigure, ToldValue } from '@signalbox/contracts';
import { AggregatorRegistry, register } from 'prom-client';
import { metricsText } from './metrics';

/** What one process told. */
export interface Telling {
  /** Names the process. */
  readonly instance: string;
  readonly figures: readonly ToldFigure[];
}

/** What this process measures under those names, to be told to others. */
export async function figuresNamed(names: readonly string[]): Promise<ToldFigure[]> {
  const metrics = await Promise.all(names.flatMap((name) => register.getSingleMetric(name)?.get() ?? []));
  return metrics.map(({ name, help, type, values }) => ({
    name,
    help,
    // Types of 15.1.3 promise the enumeration's numbers; what comes is its text.
    type: type as unknown as ToldFigure['type'],
    values: (values as readonly ToldValue[]).map(({ metricName, labels, value }) => ({
      ...(metricName !== undefined && { metricName }),
      labels,
      value,
    })),
  }));
}

/**
 * Everything measured in this process and what others told of figures that this process has not, as Prometheus text. What they count is
 * shown of each, by `instance`; a gauge is as the first tells it.
 */
export async function metricsTextWith(
  tellings: readonly Telling[],
): Promise<{ contentType: string; body: string }> {
  const { contentType, body } = await metricsText();
  const foreign = tellings.map(({ instance, figures }) =>
    figures
      .filter(({ name }) => register.getSingleMetric(name) === undefined)
      .map((figure) => ofInstance(figure, instance)),
  );
  if (foreign.every((figures) => figures.length === 0)) return { contentType, body };
  return { contentType, body: `${body}\n${await AggregatorRegistry.aggregate(foreign).metrics()}` };
}

function ofInstance(figure: ToldFigure, instance: string): ToldFigure & { aggregator: 'first' | 'sum' } {
  if (figure.type === 'gauge') return { ...figure, aggregator: 'first' };
  const values = figure.values.map((value) => ({ ...value, labels: { ...value.labels, instance } }));
  return { ...figure, values, aggregator: 'sum' };
}
