import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DomainError } from '@signalbox/contracts';
import { Batcher, column, Database } from '@signalbox/database';
import type { Logger } from 'pino';
import { HELD_BY_1 } from './claims.repository';

/** One attempt and the state it leaves its delivery in, named as the columns are. */
export interface AttemptResult {
  readonly delivery_id: string;
  readonly webhook_id: string;
  readonly attempt_id: string;
  readonly number: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly request_url: string;
  readonly request_headers: Readonly<Record<string, string>>;
  readonly status_code: number | null;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly response_body: string | null;
  readonly response_truncated: boolean;
  readonly error: string | null;
  readonly status: 'pending' | 'success' | 'failed';
  /** Milliseconds from now; null when there is no next attempt. */
  readonly retry_in_ms: number | null;
}

const MAX_BATCH = 256;
const ENOUGH = 32;
/** Nobody waits for a result, so it may wait for others. */
const GATHER_MS = 10;
const MAX_WAITING = 20_000;
const RETRY_FROM_MS = 100;
const RETRY_TO_MS = 5_000;
const NOT_STORABLE = 'what came back could not be stored';

/**
 * Attempt, next state and counters in one statement. The state changes only while the claim still is the writer's: one
 * that was taken for dead keeps its attempt on record and changes nothing else. What ends a delivery is counted, not each attempt.
 */
const WRITE = {
  name: 'write-results',
  text: `
  WITH result AS (
    SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::integer[], $6::timestamptz[], $7::integer[],
      $8::text[], $9::json[], $10::integer[], $11::json[], $12::text[], $13::boolean[], $14::text[], $15::text[],
      $16::bigint[])
      AS r(delivery_id, webhook_id, attempt_id, number, started_at, duration_ms, request_url, request_headers,
        status_code, response_headers, response_body, response_truncated, error, status, retry_in_ms)
  ), attempt AS (
    INSERT INTO attempts (delivery_id, id, number, started_at, duration_ms, request_url, request_headers, status_code,
      response_headers, response_body, response_truncated, error)
    SELECT delivery_id, attempt_id, number, started_at, duration_ms, request_url, request_headers, status_code,
      response_headers, response_body, response_truncated, error FROM result
    ON CONFLICT DO NOTHING
  ), changed AS (
    UPDATE deliveries d SET
      status = r.status, attempts = r.number, claimed_by = NULL, status_code = r.status_code,
      duration_ms = r.duration_ms, error = r.error,
      next_attempt_at = now() + make_interval(secs => r.retry_in_ms / 1000.0)
    FROM result r WHERE d.id = r.delivery_id AND d.${HELD_BY_1}
    RETURNING d.id, d.status
  ), by_minute AS (
    INSERT INTO attempt_counts AS c (minute, webhook_id, succeeded, failed)
    SELECT date_trunc('minute', now(), 'UTC'), webhook_id, count(*) FILTER (WHERE status = 'success'),
      count(*) FILTER (WHERE status <> 'success')
    FROM result GROUP BY webhook_id ORDER BY webhook_id
    ON CONFLICT (minute, webhook_id) DO UPDATE SET
      succeeded = c.succeeded + excluded.succeeded, failed = c.failed + excluded.failed
  )
  INSERT INTO webhook_stats AS s (webhook_id, success_count, failure_count, last_triggered_at)
  SELECT r.webhook_id, count(*) FILTER (WHERE c.status = 'success'), count(*) FILTER (WHERE c.status = 'failed'),
    max(r.started_at)
  FROM result r LEFT JOIN changed c ON c.id = r.delivery_id GROUP BY r.webhook_id ORDER BY r.webhook_id
  ON CONFLICT (webhook_id) DO UPDATE SET
    success_count = s.success_count + excluded.success_count,
    failure_count = s.failure_count + excluded.failure_count,
    last_triggered_at = greatest(s.last_triggered_at, excluded.last_triggered_at)`,
};

/** Writes results, in batches; while the database is away it keeps trying, so that no attempt made is forgotten. */
@Injectable()
export class ResultWriter {
  private readonly batcher: Batcher<AttemptResult, void>;
  private giveUp = false;

  constructor(
    private readonly database: Database,
    private readonly dispatcherId: string,
    private readonly log: Logger,
  ) {
    this.batcher = new Batcher((results) => this.write(results), {
      maxBatch: MAX_BATCH,
      enough: ENOUGH,
      maxWriting: 2,
      maxWaiting: MAX_WAITING,
      gatherMs: GATHER_MS,
    });
  }

  /** Resolves once it is on disk. Rejects only for a result that the database will never take, or after `stop`. */
  add(result: AttemptResult): Promise<void> {
    return this.batcher.add(result);
  }

  /** True while the database takes results more slowly than they come. */
  get full(): boolean {
    return this.batcher.full;
  }

  idle(): Promise<void> {
    return this.batcher.idle();
  }

  /** From now on a write that fails is not repeated: the claims are released and the attempts made again. */
  stop(): void {
    this.giveUp = true;
  }

  private async write(results: AttemptResult[]): Promise<void[]> {
    for (let wait = RETRY_FROM_MS; ; wait = Math.min(wait * 2, RETRY_TO_MS)) {
      try {
        await this.database.query(WRITE, [this.dispatcherId, ...columns(results)]);
        return results.map(() => undefined);
      } catch (error) {
        const away = error instanceof DomainError && error.code === 'DATABASE_UNAVAILABLE';
        if (this.giveUp) throw error;
        if (!away) return await this.writeEach(results, error);
        this.log.warn({ err: error, waiting: results.length }, 'Results wait for the database');
        await sleep(wait);
      }
    }
  }

  /** One row that the database refuses must not keep the others from being stored; its own state is stored without what came back. */
  private async writeEach(results: AttemptResult[], error: unknown): Promise<void[]> {
    const [only] = results;
    if (results.length > 1 || only === undefined) {
      for (const result of results) await this.write([result]);
      return results.map(() => undefined);
    }
    if (only.error === NOT_STORABLE) throw error;
    this.log.error({ err: error, delivery: only.delivery_id }, 'What came back cannot be stored');
    return await this.write([
      { ...only, request_headers: {}, response_headers: {}, response_body: null, error: NOT_STORABLE },
    ]);
  }
}

/** In the order in which the statement names them. */
function columns(results: readonly AttemptResult[]): string[] {
  return [
    column(results.map((result) => result.delivery_id)),
    column(results.map((result) => result.webhook_id)),
    column(results.map((result) => result.attempt_id)),
    column(results.map((result) => result.number)),
    column(results.map((result) => result.started_at)),
    column(results.map((result) => result.duration_ms)),
    column(results.map((result) => result.request_url)),
    column(results.map((result) => JSON.stringify(result.request_headers))),
    column(results.map((result) => result.status_code)),
    column(results.map((result) => JSON.stringify(result.response_headers))),
    column(results.map((result) => result.response_body)),
    column(results.map((result) => String(result.response_truncated))),
    column(results.map((result) => result.error)),
    column(results.map((result) => result.status)),
    column(results.map((result) => result.retry_in_ms)),
  ];
}
