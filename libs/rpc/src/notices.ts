import type { Notice } from '@signalbox/contracts';

/** Tells and hears what changed. Best effort: see `Notice`. */
export abstract class Notices {
  /** Never throws and never waits for the link: what cannot be told now is dropped and counted. */
  abstract tell<P>(notice: Notice<P>, payload: P): void;
  /** Resolves once listening. `listener` errors are logged, never thrown. */
  abstract listen<P>(notice: Notice<P>, listener: (payload: P) => void | Promise<void>): Promise<void>;
  /** Called each time the link comes back: whatever was told meanwhile was missed. */
  abstract onReconnect(listener: () => void): void;
}
