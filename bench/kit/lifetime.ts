type End = () => Promise<void>;

const ends: End[] = [];

/** `end` is called at the latest when the benchmarks end, however they do. It must bear being called twice. */
export function endsWith(end: End): void {
  ends.push(end);
}

/** Ends everything that was started, last first. */
export async function endAll(): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    await end().catch((error: unknown) => console.error('Something could not be ended:', error));
  }
}

/** Ends everything when the process is asked to end; at once when asked twice. */
export function endWhenAsked(): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(1);
      asked = true;
      void endAll().finally(() => process.exit(1));
    });
  }
}
