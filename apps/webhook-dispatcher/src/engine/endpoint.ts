import type { RetryPolicy } from './outcome';

/** What it takes to send to a webhook's endpoint, secrets opened. Lives in memory only. */
export interface Endpoint {
  readonly webhookId: string;
  readonly version: number;
  readonly active: boolean;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly timeoutMs: number;
  readonly policy: RetryPolicy;
}
