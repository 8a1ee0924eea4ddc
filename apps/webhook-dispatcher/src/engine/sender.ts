import { Injectable } from '@nestjs/common';
import { newId } from '@signalbox/database';
import { counter, histogram } from '@signalbox/observability';
import { type HubMark, maskHeaders, OutboundClient, OutboundError, signWebhook } from '@signalbox/security';
import type { Claim } from './claim';
import type { Endpoint } from './endpoint';
import type { LaneSignal } from './lanes';
import { judge, type Outcome } from './outcome';
import type { AttemptResult } from './result-writer';

const attempts = counter({
  name: 'signalbox_delivery_attempts_total',
  help: 'Attempts made, by what the delivery became and the class of the answer',
  labelNames: ['status', 'answer'],
});
const durations = histogram({
  name: 'signalbox_delivery_attempt_seconds',
  help: 'From connecting to the last byte of the answer',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
});

export interface SenderOptions {
  readonly brand: string;
  /** Goes along, so that a delivery which comes back is known for the hub's own. */
  readonly mark: HubMark;
  readonly responseLimitBytes: number;
  readonly maxRetryAfterMs: number;
}

export interface Attempted {
  readonly result: AttemptResult;
  readonly outcome: Outcome;
  readonly signal: LaneSignal;
}

/** Makes one attempt: signs, sends, and says what it means. */
@Injectable()
export class Sender {
  constructor(
    private readonly client: OutboundClient,
    private readonly options: SenderOptions,
  ) {}

  /** Never throws: whatever goes wrong is the attempt's result. */
  async attempt(claim: Claim, endpoint: Endpoint): Promise<Attempted> {
    const startedAt = Date.now();
    const headers = this.headers(claim, endpoint, startedAt);
    const met = await this.send(endpoint, headers, claim.body, startedAt);
    const round = claim.attempts + 1 - claim.roundStart;
    const outcome = judge(
      { statusCode: met.statusCode, retryAfter: met.headers['retry-after'] },
      endpoint.policy,
      round,
      this.options.maxRetryAfterMs,
    );
    attempts.inc({ status: outcome.status, answer: answerClass(met.statusCode) });
    durations.observe(met.durationMs / 1000);
    return {
      outcome,
      signal: met.statusCode === null ? 'silent' : 'answered',
      result: {
        delivery_id: claim.deliveryId,
        webhook_id: claim.webhookId,
        attempt_id: newId(),
        number: claim.attempts + 1,
        started_at: new Date(startedAt).toISOString(),
        duration_ms: Math.round(met.durationMs),
        request_url: endpoint.url,
        request_headers: maskHeaders(headers),
        status_code: met.statusCode,
        response_headers: maskHeaders(met.headers),
        response_body: met.body,
        response_truncated: met.truncated,
        error: met.error,
        status: outcome.status,
        retry_in_ms: outcome.retryInMs,
      },
    };
  }

  private headers(claim: Claim, endpoint: Endpoint, startedAt: number): Record<string, string> {
    const { brand, mark } = this.options;
    return {
      ...endpoint.headers,
      'Content-Type': 'application/json',
      'User-Agent': `${brand}-Webhook/1.0`,
      [`X-${brand}-Event`]: claim.eventType,
      [mark.header]: mark.value,
      ...signWebhook({
        secrets: [endpoint.secret],
        id: claim.deliveryId,
        timestampSeconds: Math.floor(startedAt / 1000),
        body: claim.body,
        brand,
      }),
    };
  }

  private async send(endpoint: Endpoint, headers: Record<string, string>, body: string, startedAt: number) {
    try {
      const response = await this.client.send({
        method: 'POST',
        url: endpoint.url,
        headers,
        body,
        timeoutMs: endpoint.timeoutMs,
        responseLimitBytes: this.options.responseLimitBytes,
      });
      const ok = response.status >= 200 && response.status < 300;
      return {
        statusCode: response.status,
        headers: response.headers,
        body: response.body,
        truncated: response.truncated,
        durationMs: response.durationMs,
        error: ok ? null : `the endpoint answered ${response.status}`,
      };
    } catch (error) {
      const reason = error instanceof OutboundError ? `${error.code}: ${error.message}` : 'protocol_error';
      return {
        statusCode: null,
        headers: {} as Record<string, string>,
        body: null,
        truncated: false,
        durationMs: Date.now() - startedAt,
        error: reason,
      };
    }
  }
}

function answerClass(statusCode: number | null): string {
  return statusCode === null ? 'none' : `${Math.floor(statusCode / 100)}xx`;
}
