import { counter, type MetricSample } from '../metrics';

export const lost = counter({
  name: 'signalbox_metrics_lost_total',
  help: 'Figures that a sink of metrics did not get, by sink and reason: full, refused or failed',
  labelNames: ['sink', 'reason'],
});

/** Somewhere that gets the figures of `/metrics` at every interval. */
export interface MetricsSink {
  /** `statsd`, `elasticsearch`: a label of what is counted, and the name in the log. */
  readonly name: string;
  /** Takes the figures of `at`, to be sent by the next `flush`. Keeps a bounded number; never throws. */
  take(samples: readonly MetricSample[], at: Date): void;
  /**
   * Sends what was taken, until `signal`.
   * @throws where the sink does not take it; what may be sent again is kept
   */
  flush(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Which process figures are of: those of several come together in a sink. */
export interface MetricsSource {
  readonly app: string;
  /** Differs between the processes of an app. */
  readonly instance: string;
}
