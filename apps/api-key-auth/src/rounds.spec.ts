import { setTimeout as sleep } from 'node:timers/promises';
import { testLog, until } from '@signalbox/testing';
import { Rounds } from './rounds';

describe('Rounds', () => {
  const log = testLog();

  it('come one after another, never two at once', async () => {
    let [begun, running, most] = [0, 0, 0];
    const rounds = new Rounds(
      'counting',
      1,
      async () => {
        begun += 1;
        most = Math.max(most, (running += 1));
        await sleep(5);
        running -= 1;
      },
      log,
    );
    rounds.start(0);
    await until('some came', 5_000, () => begun > 3);
    await rounds.stop();
    expect(most).toBe(1);
  });

  it('go on after one that failed, which is logged', async () => {
    let begun = 0;
    const rounds = new Rounds(
      'failing',
      1,
      () => {
        begun += 1;
        return Promise.reject(new Error('no luck'));
      },
      log,
    );
    rounds.start();
    await until('another came', 5_000, () => begun > 1);
    await rounds.stop();
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 40, what: 'failing' }));
  });

  it('end with the one that is under way, and none begins after', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let [begun, done] = [0, false];
    const rounds: Rounds = new Rounds(
      'waiting',
      1,
      async () => {
        begun += 1;
        await promise;
        done = rounds.stopped;
      },
      log,
    );
    rounds.start(0);
    expect(begun).toBe(1);
    const stopping = rounds.stop();
    resolve();
    await stopping;
    expect(done).toBe(true);
    await sleep(10);
    expect(begun).toBe(1);
  });

  it('end at once in the pause, however long that is', async () => {
    let begun = 0;
    const rounds = new Rounds('resting', 3_600_000, () => Promise.resolve(void (begun += 1)), log);
    rounds.start();
    await rounds.stop();
    expect(begun).toBe(0);
  });
});
