import { setTimeout as sleep } from 'node:timers/promises';
import { Rounds } from './rounds';

describe('work that is repeated', () => {
  it('is done again and again, one round at a time, until it is stopped', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const rounds = new Rounds(
      1,
      async () => {
        most = Math.max(most, (running += 1));
        await sleep(2);
        running -= 1;
        done += 1;
      },
      () => undefined,
    );
    rounds.start();
    while (done < 3) await sleep(1);
    await rounds.stop();
    const before = done;
    await sleep(10);
    expect({ most, running, done }).toEqual({ most: 1, running: 0, done: before });
  });

  it('is told to end, and waited for', async () => {
    let told = false;
    const rounds = new Rounds(
      60_000,
      async (signal) => {
        while (!signal.aborted) await sleep(1);
        told = true;
      },
      () => undefined,
    );
    rounds.start();
    await rounds.stop();
    expect(told).toBe(true);
  });

  it('goes on after a failure, which is told once until it works again', async () => {
    const outcomes = [false, false, true, false, true];
    const failures: unknown[] = [];
    let round = 0;
    const rounds = new Rounds(
      1,
      () => {
        round += 1;
        return outcomes[round - 1] === false
          ? Promise.reject(new Error(`round ${round}`))
          : Promise.resolve();
      },
      (error) => failures.push((error as Error).message),
    );
    rounds.start();
    while (round < 6) await sleep(1);
    await rounds.stop();
    expect(failures).toEqual(['round 1', 'round 4']);
  });

  it('ends at once while it rests, however long that is', async () => {
    let begun = 0;
    const rounds = new Rounds(
      3_600_000,
      () => Promise.resolve(void (begun += 1)),
      () => undefined,
    );
    rounds.start(3_600_000);
    expect(rounds.stopped).toBe(false);
    await rounds.stop();
    expect(rounds.stopped).toBe(true);
    expect(begun).toBe(0);
  });
});
