/** What every face of the hub allows in a webhook. */
export const WEBHOOK_LIMITS = {
  events: 100,
  maxRetries: 20,
  /** Seconds. */
  retryDelay: 24 * 3600,
  /** Seconds. */
  timeout: 300,
  /** Shorter signing secrets can be guessed. */
  secretMin: 8,
  secretMax: 255,
} as const;
