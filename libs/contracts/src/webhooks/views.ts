/** What happens to a delivery that the endpoint refuses with a 4xx (408 and 429 are always retried, 410 always disables). */
export type ClientErrorPolicy = 'retry' | 'fail';

export interface RetryConfig {
  /** Attempts after the first: 0 to 20. */
  readonly max_retries: number;
  /** Seconds before the first retry; doubles each time, ±25 %, at most 24 h. */
  readonly retry_delay: number;
  readonly on_client_error: ClientErrorPolicy;
}

export const DEFAULT_RETRY_CONFIG: RetryConfig = { max_retries: 3, retry_delay: 5, on_client_error: 'retry' };
export const DEFAULT_TIMEOUT_SECONDS = 30;

export interface WebhookView {
  readonly id: string;
  readonly project_id: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly url: string;
  readonly events: readonly string[];
  /** Values of secret-looking headers are masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** The signing secret in the answer that created or changed it; the mask everywhere else. */
  readonly secret: string;
  readonly is_active: boolean;
  /** Why the hub itself disabled it, or null. */
  readonly disabled_reason: string | null;
  readonly retry_config: RetryConfig;
  readonly timeout_seconds: number;
  readonly last_triggered_at: string | null;
  readonly success_count: number;
  readonly failure_count: number;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export type DeliveryStatus = 'pending' | 'success' | 'failed';

export interface AttemptView {
  readonly id: string;
  /** From 1, over the whole life of the delivery. */
  readonly number: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly request_url: string;
  /** As sent, secrets masked. */
  readonly request_headers: Readonly<Record<string, string>>;
  readonly status_code: number | null;
  readonly response_headers: Readonly<Record<string, string>>;
  /** Capped; see `response_truncated`. */
  readonly response_body: string | null;
  readonly response_truncated: boolean;
  readonly error: string | null;
}

export interface DeliveryView {
  readonly id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly status_code: number | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
  readonly next_attempt_at: string | null;
  readonly created_at: string;
  /** Present where they were asked for. */
  readonly attempt_log?: readonly AttemptView[];
}

/** What a test delivery met. */
export interface TestResult {
  readonly delivery_id: string;
  readonly event_type: string;
  readonly delivered: boolean;
  readonly status_code: number | null;
  readonly duration_ms: number;
  readonly response_body: string | null;
  readonly response_truncated: boolean;
  readonly error: string | null;
}
