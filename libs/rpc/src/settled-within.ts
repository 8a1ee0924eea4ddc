/** Waits for `work`, however it ends, for `withinMs` at most. Never rejects. */
export async function settledWithin(withinMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs);
  });
  await Promise.race([Promise.allSettled([work]), late]);
  clearTimeout(timer);
}
