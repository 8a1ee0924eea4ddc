import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { endsWith } from './lifetime';

/** What a process of its own can be asked to do. Arguments and answers are copied. */
export type Api = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Worker<T extends Api> {
  /** @throws what the function threw, or when the process ends or does not answer `withinMs` */
  call<K extends keyof T & string>(name: K, ...args: Parameters<T[K]>): Promise<Awaited<ReturnType<T[K]>>>;
  readonly stop: () => Promise<void>;
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Longest any single measurement takes. */
const ANSWERS_WITHIN_MS = 10 * 60_000;

/** Starts `bench/workers/<file>` in a process of its own, so that it shares nothing with what is measured but the machine. */
export function startWorker<T extends Api>(file: string): Worker<T> {
  const child = fork(join(__dirname, '../workers', `${file}.js`), { serialization: 'advanced' });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const failAll = (why: string) => {
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
  };
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error !== undefined) asked?.reject(new Error(`${file}: ${reply.error}`));
    else asked?.resolve(reply.value as never);
  });
  child.on('exit', () => failAll(`${file} ended`));
  let last = 0;
  const worker: Worker<T> = {
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        const id = (last += 1);
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new Error(`${file} did not answer ${name}`));
        }, ANSWERS_WITHIN_MS);
        const done =
          <A>(settle: (value: A) => void) =>
          (value: A) => {
            clearTimeout(timer);
            settle(value);
          };
        waiting.set(id, { resolve: done(resolve), reject: done(reject) });
        child.send({ id, name, args } satisfies Question);
      }),
    stop: () => ended(child),
  };
  endsWith(worker.stop);
  return worker;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** The other side: answers what `startWorker` asks, until it is gone. */
export function serve(api: Api): void {
  process.on('disconnect', () => process.exit());
  // Whoever started us decides when it is over.
  process.on('SIGINT', () => undefined);
  process.on('message', ({ id, name, args }: Question) => {
    const answer = (reply: Omit<Reply, 'id'>) => process.send?.({ id, ...reply });
    Promise.resolve()
      .then(() => (api[name] as (...args: readonly unknown[]) => unknown)(...args))
      .then(
        (value) => answer({ value }),
        (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
      );
  });
}
