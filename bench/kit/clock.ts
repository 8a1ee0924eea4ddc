/** Milliseconds on the machine's own clock, which every process reads alike and nobody sets. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
