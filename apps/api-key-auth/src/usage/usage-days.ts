export const DAY_MS = 86_400_000;

/** The beginning of the day, UTC. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

/** The beginning of the first day that is kept. */
export function retentionFloor(retentionDays: number, now: number): number {
  return dayOf(now - retentionDays * DAY_MS);
}
