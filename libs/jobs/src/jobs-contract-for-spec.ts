import type { Config } from '@signalbox/config';
import { testLog, until } from '@signalbox/testing';
import { type AddOptions, createJobs, type Jobs } from '.';

/** The same promises on every back end. `outage` stops the store and answers how to bring it back. */
export function jobsContract(config: () => Config, outage: () => Promise<() => Promise<void>>): void {
  let jobs: Jobs;
  let log: ReturnType<typeof testLog>;
  let names = 0;
  const fresh = () => `queue-${(names += 1)}`;
  /** To add the first also connects and makes the schema, for which nobody waits as long as a busy machine takes: it may be added twice. */
  const addFirst = (name: string, data: unknown = null, options?: AddOptions) =>
    until('a job can be added', 15_000, () => settles(jobs.queue(name).add(data, options)));

  beforeEach(() => {
    log = testLog();
    jobs = createJobs(config(), log);
  });
  afterEach(async () => {
    await jobs.close();
  });

  it('runs what is added, once', async () => {
    const name = fresh();
    const ran: number[] = [];
    jobs.worker<{ n: number }>(name, ({ n }) => {
      ran.push(n);
      return Promise.resolve();
    });
    await addFirst(name, { n: 0 });
    await jobs.queue<{ n: number }>(name).add({ n: 1 });
    await jobs.queue<{ n: number }>(name).add({ n: 2 });
    await until('both ran', 10_000, () => ran.includes(1) && ran.includes(2));
    expect(ran.filter((n) => n > 0).sort()).toEqual([1, 2]);
  });

  it('waits for the delay, and keeps one job of an id', async () => {
    const name = fresh();
    const at: number[] = [];
    jobs.worker(name, () => {
      at.push(Date.now());
      return Promise.resolve();
    });
    const added = Date.now();
    // All of them before the first runs.
    const options = { jobId: 'same', delayMs: 5_000 };
    for (let i = 0; i < 3; i += 1) await addFirst(name, null, options);
    await until('it ran', 20_000, () => at.length > 0);
    expect((at[0] ?? 0) - added).toBeGreaterThanOrEqual(4_950);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(at).toHaveLength(1);
  }, 60_000);

  it('goes on after a handler threw', async () => {
    const name = fresh();
    const ran: number[] = [];
    jobs.worker<{ n: number }>(name, ({ n }) => {
      ran.push(n);
      return n === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
    });
    await addFirst(name, { n: 1 });
    await jobs.queue(name).add({ n: 2 });
    await until('both ran', 10_000, () => ran.includes(1) && ran.includes(2));
    expect(log.lines.some((line) => line.msg === 'A job failed')).toBe(true);
  });

  it('repeats once for all processes', async () => {
    const other = createJobs(config(), testLog());
    const name = fresh();
    let runs = 0;
    const count = () => {
      runs += 1;
      return Promise.resolve();
    };
    jobs.repeat(name, 400, count);
    other.repeat(name, 400, count);
    await until('it ran three times', 20_000, () => runs >= 3);
    await other.close();
    const [before, began] = [runs, Date.now()];
    await until('it goes on', 20_000, () => runs >= before + 8);
    // One may be under way and another late.
    expect(runs - before).toBeLessThanOrEqual((Date.now() - began) / 400 + 3);
  }, 60_000);

  it('never makes a caller wait for a store that is down, and works again when it is back', async () => {
    const name = fresh();
    let runs = 0;
    jobs.worker(name, () => {
      runs += 1;
      return Promise.resolve();
    });
    await addFirst(name);
    await until('it works', 10_000, () => runs > 0);

    const restore = await outage();
    const [before, began] = [runs, Date.now()];
    await expect(jobs.queue(name).add(null)).rejects.toThrow();
    await expect(jobs.ping()).rejects.toThrow();
    expect(Date.now() - began).toBeLessThan(9_000);
    await restore();

    await until('jobs can be added again', 20_000, () => settles(jobs.queue(name).add(null)));
    await until('and run', 30_000, () => runs > before);
    await until('the store answers', 10_000, () => settles(jobs.ping()));
  }, 120_000);

  it('starts while the store is down, and works when it comes up', async () => {
    const restore = await outage();
    const name = fresh();
    let runs = 0;
    let repeats = 0;
    jobs.worker(name, () => {
      runs += 1;
      return Promise.resolve();
    });
    jobs.repeat(name, 500, () => {
      repeats += 1;
      return Promise.resolve();
    });
    await expect(jobs.queue(name).add(null)).rejects.toThrow();
    await restore();
    await until('a job added later runs', 30_000, async () => {
      await jobs
        .queue(name)
        .add(null)
        .catch(() => undefined);
      return runs > 0;
    });
    await until('what repeats runs', 60_000, () => repeats > 1);
  }, 120_000);

  it('closes at once while it is starting, whether the store is up or down', async () => {
    const starting = () => {
      const other = createJobs(config(), log);
      other.worker(fresh(), () => Promise.resolve());
      other.repeat(fresh(), 500, () => Promise.resolve());
      return other;
    };
    await starting().close();
    const restore = await outage();
    await starting().close();
    await restore();
  }, 30_000);

  it('lives through one outage after the other at any moment', async () => {
    const name = fresh();
    let runs = 0;
    jobs.worker(
      name,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        runs += 1;
      },
      { concurrency: 10 },
    );
    let adding = true;
    const feeder = (async () => {
      while (adding) {
        await jobs
          .queue(name)
          .add({ some: 'data' }, { delayMs: Math.random() < 0.5 ? 20 : 0 })
          .catch(() => new Promise((resolve) => setTimeout(resolve, 10)));
      }
    })();
    for (let n = 0; n < 4; n += 1) {
      const before = runs;
      await until('jobs run', 60_000, () => runs > before + 20);
      const restore = await outage();
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 500));
      await restore();
    }
    const before = runs;
    await until('jobs still run', 60_000, () => runs > before + 20);
    adding = false;
    await feeder;
    expect(log.lines.length).toBeLessThan(200);
  }, 240_000);
}

function settles(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
