import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '@signalbox/config';
import type { Logger } from 'pino';

/** What is closed after the apps (a database, the last log lines) gets this long beyond `SHUTDOWN_SECONDS`. */
const GRACE_MS = 10_000;

/** A mistake of whoever starts us: its message is all they need. */
export class StartError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StartError';
  }
}

/**
 * From now on a rejection or an exception that nobody handles ends the process, with a line in the log: what state it
 * left behind is unknown, and everything acknowledged is in the database.
 */
export function fatalWhenUnhandled(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal({ err: error }, 'Nobody handled an error; ending');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/**
 * Runs `close` once when the process is asked to end (SIGTERM, SIGINT), then ends it; at once when asked a second time,
 * and when `close` takes longer than it may.
 */
export function closeWhenAsked(close: () => Promise<void>, withinSeconds: number, log: Logger): void {
  let asked = false;
  const end = async (signal: NodeJS.Signals) => {
    if (asked) process.exit(1);
    asked = true;
    log.info({ signal }, 'Closing: finishing what is under way');
    const closed = await Promise.race([
      close().then(() => true),
      sleep(withinSeconds * 1000 + GRACE_MS, false, { ref: false }),
    ]);
    if (closed) log.info('Closed');
    else log.error('Closing took too long; ending with work under way');
    process.exit(closed ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void end(signal));
  }
}

/** Says why the start failed, so that it can be put right, and ends the process. */
export function failStart(error: unknown, log?: Logger): never {
  const known =
    error instanceof ConfigError || error instanceof StartError ? error.message : portTaken(error);
  if (known !== undefined) process.stderr.write(`${known}\n`);
  else if (log) log.fatal({ err: error }, 'The start failed');
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

function portTaken(error: unknown): string | undefined {
  const { code, address, port } = error as { code?: unknown; address?: unknown; port?: unknown };
  return code === 'EADDRINUSE'
    ? `Port ${String(port)} of ${String(address)} is taken. Stop what listens there, or set PORT (or METRICS_PORT) to another.`
    : undefined;
}
