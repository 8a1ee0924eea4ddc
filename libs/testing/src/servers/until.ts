import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `check` is true (or gives something that is), asking every 20 ms; gives what it gave.
 * @throws when it is not so in time, naming `what`; whatever `check` throws, at once
 */
export async function until<T>(
  what: string,
  withinMs: number,
  check: () => T | Promise<T>,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  for (const giveUpAt = Date.now() + withinMs; ; await sleep(20)) {
    const result = await check();
    if (result) return result as Exclude<T, false | null | undefined | 0 | ''>;
    if (Date.now() > giveUpAt) throw new Error(`Not so within ${withinMs} ms: ${what}`);
  }
}
