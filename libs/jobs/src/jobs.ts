export interface AddOptions {
  /** While a job of this id waits, another is not added. */
  readonly jobId?: string;
  /** Milliseconds until it may run. */
  readonly delayMs?: number;
}

export interface JobQueue<Data> {
  /** Settles within about a second, whatever state the back end is in. Rejects when the job could not be added. */
  add(data: Data, options?: AddOptions): Promise<void>;
}

export interface WorkerOptions {
  /** Jobs of this queue that this process runs at once; 1 without it. */
  readonly concurrency?: number;
}

/**
 * Wakes work up, later or regularly, on one of the processes that have a worker for it. The database is the truth: losing
 * every job must do no more than delay, so whoever uses this also looks for what is due from time to time.
 * A back end that is down never stops the process or its workers for good.
 */
export abstract class Jobs {
  abstract readonly kind: 'redis' | 'postgres';
  abstract queue<Data>(name: string): JobQueue<Data>;
  /** Runs jobs of the queue from now on. A handler that throws is logged; the job is not repeated. */
  abstract worker<Data>(name: string, handler: (data: Data) => Promise<void>, options?: WorkerOptions): void;
  /** Runs `handler` about every `everyMs`, once for all processes that ask for it under this name. */
  abstract repeat(name: string, everyMs: number, handler: () => Promise<void>): void;
  /** Rejects while the back end is down; within about a second. */
  abstract ping(): Promise<void>;
  /** Waits a bounded time for handlers under way. */
  abstract close(): Promise<void>;
}
