import type { AppName } from '@signalbox/contracts';
import { type OpsServer, Readiness, startOpsServer } from '@signalbox/observability';
import type { Check, RunningApp, Runtime } from '../runtime';

export interface AppStarter {
  readonly name: AppName;
  readonly start: (runtime: Runtime) => Promise<RunningApp>;
}

export interface RunningApps {
  readonly checks: readonly Check[];
  /** Where the gateway listens, when it is among them. */
  readonly url?: string;
  /** Last started, first closed; then the transport. Bounded by `SHUTDOWN_SECONDS`; never rejects. */
  close(): Promise<void>;
}

/**
 * Starts apps one after the other on one runtime, and with `METRICS_PORT` the server of their metrics and health.
 * When one does not start, those before it are closed again.
 */
export async function startApps(runtime: Runtime, starters: readonly AppStarter[]): Promise<RunningApps> {
  const { config, transport, log } = runtime;
  const running: { name: AppName; app: RunningApp }[] = [];
  let ops: { server: OpsServer; readiness: Readiness } | undefined;

  const close = async () => {
    const until = Date.now() + config.SHUTDOWN_SECONDS * 1000;
    ops?.readiness.beginShutdown();
    for (const { name, app } of running.reverse()) {
      await settled(`${name} closes`, () => app.close());
    }
    await settled('the transport closes', () => transport.close(Math.max(0, until - Date.now())));
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
