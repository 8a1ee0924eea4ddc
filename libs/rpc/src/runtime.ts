import type { Config } from '@signalbox/config';
import type { Logger } from 'pino';
import type { Transport } from './transport';

/** What an app is started with: the same whether it has a process of its own or shares one. */
export interface Runtime {
  readonly config: Config;
  readonly transport: Transport;
  readonly log: Logger;
}

/** A part that must be there for the app to serve. */
export interface Check {
  readonly name: string;
  /** Rejects while the part is down; bounded by the caller. */
  probe(): Promise<void>;
}

export interface RunningApp {
  readonly checks: readonly Check[];
  /** Stops taking, finishes what is under way within `SHUTDOWN_SECONDS`, loses nothing. */
  close(): Promise<void>;
}
