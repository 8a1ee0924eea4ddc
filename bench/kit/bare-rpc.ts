/** What the two processes of the bare RPC agree on. */
export const BARE_QUEUE = 'bench-bare';
export const BARE_PATTERN = 'webhook';
