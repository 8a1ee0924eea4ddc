import { setFlagsFromString } from 'node:v8';

/**
 * V8 makes objects old at once ("pretenuring") where nearly all that a place in the code made outlived a collection, and does not go back
 * on it. The first requests after a start do: all that are under way at the first collection outlive it. What is made old is dead a moment
 * later, and until the next major collection keeps alive whatever it points to, bodies among it.
 * Of the pinned Node, so its V8 has the flag; one that has not takes no notice.
 */
export const ALLOCATE_YOUNG = '--no-allocation-site-pretenuring';

/** To be called before anything is begun in a process. */
export function allocateYoung(): void {
  setFlagsFromString(ALLOCATE_YOUNG);
}
