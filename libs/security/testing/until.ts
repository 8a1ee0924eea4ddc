import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MS = 10_000;

/** Waits until it holds; fails after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await sleep(5);
  }
}
