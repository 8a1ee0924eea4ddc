import type { Verdict } from './limiter';

/** Where the caller stands: the published headers, and those of draft-ietf-httpapi-ratelimit-headers-11. */
export function limitHeaders({ policy, usage }: Verdict): Record<string, string | number> {
  const seconds = secondsUntilReset(usage.resetMs);
  return {
    'x-ratelimit-limit': policy.limit,
    'x-ratelimit-remaining': usage.remaining,
    'x-ratelimit-reset': Math.ceil(Date.now() / 1000) + seconds,
    'ratelimit-policy': `"${policy.name}";q=${policy.limit};w=${policy.windowSeconds}`,
    ratelimit: `"${policy.name}";r=${usage.remaining};t=${seconds}`,
  };
}

/** Never 0: whoever waits that long is let in. */
export function secondsUntilReset(resetMs: number): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}
