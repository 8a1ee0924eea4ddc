import { setFlagsFromString } from 'node:v8';

/**
 * V8 begins a major garbage collection for each 64 MB of buffers that outlived a minor one, whatever the size of its heap. Bodies of
 * deliveries and what is written to sockets are buffers: a busy hub then collected once or twice a second, and whoever was to be answered
 * waited 50 to 150 ms. Buffers count as the heap does instead, and a collection is due when there is three times of what the last one left.
 * Of the pinned Node, so its V8 has them; one that has not takes no notice.
 */
export const GARBAGE_FLAGS = [
  '--external-memory-accounted-in-global-limit',
  '--heap-growing-percent=200',
] as const;

/** To be called before anything is begun in a process. */
export function collectGarbageSeldom(): void {
  for (const flag of GARBAGE_FLAGS) setFlagsFromString(flag);
}
