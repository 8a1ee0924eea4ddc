/** More events of one delivery than that are not told apart. */
export const MOST_EVENTS = 10_000;
