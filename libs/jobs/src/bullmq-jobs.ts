import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@signalbox/config';
import type { Queue, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { type BackEnd, createBackEnd } from './back-end';
import { type AddOptions, type JobQueue, Jobs, type WorkerOptions } from './jobs';

const ANSWER_WITHIN_MS = 1_000;
const CLOSE_WITHIN_MS = 5_000;
/** A store that lost everything gets its schedules back this soon. */
const SCHEDULE_CHECK_MS = 30_000;

/** Jobs on Redis when `REDIS_URL` names one, else in the schema `jobs` of PostgreSQL. */
export function createJobs(config: Config, log: Logger): Jobs {
  return new BullMqJobs(createBackEnd(config), log);
}

class BullMqJobs extends Jobs {
  private readonly queues = new Map<string, Queue<unknown>>();
  private readonly workers: Worker<unknown>[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private closed = false;

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
    const queue = this.queueOf(name);
    return {
      add: async (data: Data, options: AddOptions = {}) => {
        if (this.closed) throw new Error('the jobs are closed');
        await answered(
          queue.add(name, data, { jobId: options.jobId, delay: Math.max(0, options.delayMs ?? 0) }),
        );
      },
    };
  }

  worker<Data>(name: string, handler: (data: Data) => Promise<void>, options: WorkerOptions = {}): void {
    const worker = this.backEnd.worker(name, (job) => handler(job.data as Data), options.concurrency ?? 1);
    worker.on('failed', (_job, error) => this.log.error({ err: error, queue: name }, 'A job failed'));
    worker.on('error', (error) =>
      this.log.warn({ err: error, queue: name }, 'Jobs cannot be fetched; trying again'),
    );
    this.workers.push(worker);
  }

  repeat(name: string, everyMs: number, handler: () => Promise<void>): void {
    const queueName = `repeat-${name}`;
    this.worker(queueName, handler);
    const queue = this.queueOf(queueName);
    const ensure = async (): Promise<void> => {
      try {
        const existing = await answered(queue.getJobScheduler(name));
        if (existing?.every !== everyMs) await answered(queue.upsertJobScheduler(name, { every: everyMs }));
      } catch (error) {
        this.log.warn({ err: error, schedule: name }, 'A schedule could not be set; trying again');
      }
    };
    void ensure();
    this.timers.add(setInterval(() => void ensure(), SCHEDULE_CHECK_MS).unref());
  }

  async ping(): Promise<void> {
    await answered(this.backEnd.ping());
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    const patience = sleep(CLOSE_WITHIN_MS, undefined, { ref: false });
    const closing = [...this.workers, ...this.queues.values()].map((part) =>
      part.close().catch(() => undefined),
    );
    await Promise.race([Promise.all(closing), patience]);
    await Promise.race([this.backEnd.close(), patience]);
  }

  private queueOf(name: string): Queue<unknown> {
    let queue = this.queues.get(name);
    if (queue === undefined) {
      queue = this.backEnd.queue(name);
      queue.on('error', (error) =>
        this.log.debug({ err: error, queue: name }, 'Jobs cannot be added at the moment'),
      );
      this.queues.set(name, queue);
    }
    return queue;
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
