import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import { FORGIVEN_EVERY_SECONDS, type Failures, type Waits } from './sign-in-rule';

type Counted = keyof Failures;

export interface Attempt {
  readonly account: string;
  readonly address: string;
}

const DAY = "interval '1 day'";

/** Every time here is the database's, so that replicas agree on it. */
@Injectable()
export class SignInRepository {
  constructor(private readonly database: Database) {}

  /** Seconds until the next attempt is let in; 0 for now. */
  async wait(attempt: Attempt): Promise<number> {
    const { rows } = await this.database.query<{ seconds: number }>(
      `SELECT greatest(0, ceil(extract(epoch FROM max(wait_until) - clock_timestamp())))::integer AS seconds
         FROM sign_in_failures WHERE key = ANY($1)`,
      [[keyOf('pair', attempt), keyOf('address', attempt)]],
    );
    return rows[0]?.seconds ?? 0;
  }

  /** Counts a failure and keeps how long `judge` says to wait after it. */
  async fail(attempt: Attempt, judge: (failures: Failures) => Waits): Promise<void> {
    const kinds: readonly Counted[] = ['pair', 'address', 'account'];
    // Always in the same order: two that count the same must not wait for each other.
    const keys = kinds
      .map((kind) => ({ kind, key: keyOf(kind, attempt) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    await this.database.transaction(async (client) => {
      const counts: Record<Counted, number> = { pair: 0, address: 0, account: 0 };
      for (const { kind, key } of keys) counts[kind] = await count(client, key, FORGIVEN_EVERY_SECONDS[kind]);
      const waits = judge(counts);
      await client.query(
        `UPDATE sign_in_failures f
            SET wait_until = greatest(f.wait_until, clock_timestamp() + make_interval(secs => w.seconds))
           FROM unnest($1::text[], $2::float8[]) AS w (key, seconds) WHERE f.key = w.key AND w.seconds > 0`,
        [
          [keyOf('pair', attempt), keyOf('address', attempt)],
          [waits.pair, waits.address],
        ],
      );
    });
  }

  /** Whoever is let in has failed at nothing. */
  async forgive(attempt: Attempt): Promise<void> {
    await this.database.query('DELETE FROM sign_in_failures WHERE key = $1', [keyOf('pair', attempt)]);
  }

  /** Deletes up to `limit` counts that nothing follows from any more, and tells how many it found. */
  async deleteForgiven(limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM sign_in_failures WHERE key IN (
         SELECT key FROM sign_in_failures WHERE last_at <= now() - ${DAY} ORDER BY last_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [limit],
    );
    return rowCount ?? 0;
  }
}

async function count(client: PoolClient, key: string, forgivenEverySeconds: number): Promise<number> {
  const { rows } = await client.query<{ failures: number }>(
    `INSERT INTO sign_in_failures AS f (key, failures, last_at, wait_until)
     VALUES ($1, 1, clock_timestamp(), clock_timestamp())
     ON CONFLICT (key) DO UPDATE SET last_at = clock_timestamp(),
       failures = 1 + greatest(0, f.failures - extract(epoch FROM clock_timestamp() - f.last_at)::float8 / $2)
     RETURNING failures`,
    [key, forgivenEverySeconds],
  );
  return rows[0]?.failures ?? 1;
}

function keyOf(kind: Counted, { account, address }: Attempt): string {
  const parts = { pair: [account, address], address: [address], account: [account] }[kind];
  return createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest('base64url');
}
