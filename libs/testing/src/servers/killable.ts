/** A real server of a test's own. Ends with the process that started it, at the latest. */
export interface KillableServer {
  /** Stays the same over `kill` and `restart`. */
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same port with the same data; after `kill`, or of a running one. Resolves when it serves. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}
