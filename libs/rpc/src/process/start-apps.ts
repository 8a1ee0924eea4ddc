import type { AppName } from '@signalbox/contracts';
import { MetricsExport, type OpsServer, Readiness, startOpsServer } from '@signalbox/observability';
import type { Check, RunningApp, Runtime } from '../runtime';

export interface AppStarter {
  readonly name: AppName;
  readonly start: (runtime: Runtime) => Promise<RunningApp>;
}

/** The last figures of a process get this long. */
const LAST_FIGURES_MS = 2_000;

export interface RunningApps {
  readonly checks: readonly Check[];
  /** Where the gateway listens, when it is among them. */
  readonly url?: string;
  /** Last started, first closed; then the transport. Bounded by `SHUTDOWN_SECONDS`; never rejects. */
  close(): Promise<void>;
}

/**
 * Starts apps one after the other on one runtime, with `METRICS_PORT` the server of their metrics and health, and what sends the
 * metrics on.
 * When one does not start, those before it are closed again.
 */
export async function startApps(runtime: Runtime, starters: readonly AppStarter[]): Promise<RunningApps> {
  const { config, transport, log } = runtime;
  const running: { name: AppName; app: RunningApp }[] = [];
  const name = starters.length === 1 ? starters[0]?.name : undefined;
  const figures = MetricsExport.of(config, name ?? 'all-in-one', log);
  let ops: { server: OpsServer; readiness: Readiness } | undefined;

  const close = async () => {
    const until = Date.now() + config.SHUTDOWN_SECONDS * 1000;
    ops?.readiness.beginShutdown();
    for (const { name, app } of running.reverse()) {
      await settled(`${name} closes`, () => app.close());
    }
    await settled('the transport closes', () => transport.close(Math.max(0, until - Date.now())));
    await settled('the last figures are sent', () => figures?.close(LAST_FIGURES_MS));
    await settled('the metrics server closes', () => ops?.server.close());
  };
  const settled = async (what: string, work: () => Promise<void> | undefined) => {
    try {
      await work();
    } catch (error) {
      log.error({ err: error }, `Failed while ${what}`);
    }
  };

  try {
    for (const { name, start } of starters) {
      running.push({ name, app: await start(runtime) });
    }
    const checks = running.flatMap(({ app }) => app.checks);
    if (config.METRICS_PORT !== undefined) {
      const readiness = new Readiness(checks, log);
      ops = {
        readiness,
        server: await startOpsServer({
          port: config.METRICS_PORT,
          host: config.HOST,
          checks: readiness,
          log,
        }),
      };
    }
    return { checks, url: running.map(({ app }) => app.url).find(Boolean), close };
  } catch (error) {
    await close();
    throw error;
  }
}
