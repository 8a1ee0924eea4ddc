import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@signalbox/config';
import type { Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { type BackEnd, createBackEnd, type Process } from './back-end';
import { type AddOptions, type JobQueue, Jobs, type WorkerOptions } from './jobs';

const ANSWER_WITHIN_MS = 1_000;
const CLOSE_WITHIN_MS = 5_000;
/** A store that lost everything gets its schedules back this soon. */
const SCHEDULE_CHECK_MS = 30_000;
const RETRY_MS = 1_000;
const WARN_EVERY_MS = 10_000;

/** Jobs on Redis when `REDIS_URL` names one, else in the schema `jobs` of PostgreSQL. */
export function createJobs(config: Config, log: Logger): Jobs {
  return new BullMqJobs(createBackEnd(config), log);
}

class BullMqJobs extends Jobs {
  private readonly queues = new Map<string, Promise<Queue<unknown>>>();
  private readonly workers: Worker<unknown>[] = [];
  private readonly warnedAt = new Map<string, number>();
  private readonly starting = new Set<Promise<void>>();
  private readonly ending = new AbortController();

  constructor(
    private readonly backEnd: BackEnd,
    private readonly log: Logger,
  ) {
    super();
  }

  get kind(): 'redis' | 'postgres' {
    return this.backEnd.kind;
  }

  queue<Data>(name: string): JobQueue<Data> {
    return {
      add: (data: Data, { jobId, delayMs = 0 }: AddOptions = {}) =>
        this.ask(name, async (queue) => {
          await queue.add(name, data, { jobId, delay: Math.max(0, delayMs) });
        }),
    };
  }

  worker<Data>(name: string, handler: (data: Data) => Promise<void>, options: WorkerOptions = {}): void {
    const starting = this.startWorker(name, (job) => handler(job.data as Data), options.concurrency ?? 1);
    this.starting.add(starting);
    void starting.finally(() => this.starting.delete(starting));
  }

  repeat(name: string, everyMs: number, handler: () => Promise<void>): void {
    const queueName = `repeat-${name}`;
    this.worker(queueName, handler);
    const ensure = async (): Promise<number> => {
      try {
        await this.ask(queueName, async (queue) => {
          const existing = await queue.getJobScheduler(name);
          if (existing?.every !== everyMs) await queue.upsertJobScheduler(name, { every: everyMs });
        });
        return SCHEDULE_CHECK_MS;
      } catch (error) {
        this.warn(queueName, error);
        return RETRY_MS;
      }
    };
    void this.again(ensure);
  }

  async ping(): Promise<void> {
    await answered(this.backEnd.ping());
  }

  async close(): Promise<void> {
    this.ending.abort();
    const patience = sleep(CLOSE_WITHIN_MS, undefined, { ref: false });
    const closing = [...this.workers, ...this.queues.values()].map(async (part) => (await part).close());
    await Promise.race([Promise.allSettled(closing), patience]);
    await Promise.race([this.backEnd.close(), patience]);
    // A worker that was being made must not outlive this, or it would be there when its store goes.
    await Promise.race([Promise.allSettled(this.starting), patience]);
  }

  /** Does the work until the jobs close, each time after as long as it asked for. */
  private async again(work: () => Promise<number>): Promise<void> {
    while (!this.closed) {
      const pauseMs = await work();
      await sleep(pauseMs, undefined, { signal: this.ending.signal, ref: false }).catch(() => undefined);
    }
  }

  private get closed(): boolean {
    return this.ending.signal.aborted;
  }

  /** Asks the queue, within a bounded time, whether it has to be connected first or not. */
  private async ask<T>(name: string, work: (queue: Queue<unknown>) => Promise<T>): Promise<T> {
    if (this.closed) throw new Error('the jobs are closed');
    return answered(this.queueOf(name).then(work));
  }

  private queueOf(name: string): Promise<Queue<unknown>> {
    const known = this.queues.get(name);
    if (known) return known;
    const making = this.backEnd
      .queue(name)
      .then((queue) =>
        queue.on('error', (error) =>
          this.log.debug({ err: error, queue: name }, 'Jobs cannot be added at the moment'),
        ),
      );
    this.queues.set(name, making);
    making.catch(() => this.queues.delete(name));
    return making;
  }

  private async startWorker(name: string, process: Process, concurrency: number): Promise<void> {
    while (!this.closed) {
      try {
        const worker = await this.backEnd.worker(name, process, concurrency);
        worker.on('failed', (_job, error) => this.log.error({ err: error, queue: name }, 'A job failed'));
        worker.on('error', (error) => this.warn(name, error));
        this.workers.push(worker);
        if (this.closed) await worker.close();
        return;
      } catch (error) {
        if (this.closed) return;
        this.warn(name, error);
        await sleep(RETRY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
      }
    }
  }

  /** An outage shows in the log, once in a while and not at each try. */
  private warn(queue: string, error: unknown): void {
    if (Date.now() - (this.warnedAt.get(queue) ?? 0) < WARN_EVERY_MS) return;
    this.warnedAt.set(queue, Date.now());
    this.log.warn({ err: error, queue }, 'Jobs cannot be fetched; trying again');
  }
}

async function answered<T>(work: Promise<T>): Promise<T> {
  const late = sleep(ANSWER_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${ANSWER_WITHIN_MS} ms`);
  });
  late.catch(() => undefined);
  work.catch(() => undefined);
  return await Promise.race([work, late]);
}
