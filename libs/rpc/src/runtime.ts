import type { Config } from '@signalbox/config';
import type { Check } from '@signalbox/observability';
import type { Logger } from 'pino';
import type { Transport } from './transport';

export type { Check } from '@signalbox/observability';

/** What an app is started with: the same whether it has a process of its own or shares one. */
export interface Runtime {
  readonly config: Config;
  readonly transport: Transport;
  readonly log: Logger;
}

export interface RunningApp {
  readonly checks: readonly Check[];
  /** Where it listens for HTTP, when it does: `http://127.0.0.1:8093`. */
  readonly url?: string;
  /** Stops taking, finishes what is under way within `SHUTDOWN_SECONDS`, loses nothing. */
  close(): Promise<void>;
}
