import { Injectable } from '@nestjs/common';
import type { ApiKeyFacts, ApiKeyFingerprint, ApiKeyUse } from '@signalbox/contracts';
import { Database } from '@signalbox/database';

export interface FoundSecret extends ApiKeyFacts, ApiKeyFingerprint {}

/** What gateways ask for and tell, on behalf of whoever presents a key. Every time here is the database's. */
@Injectable()
export class SecretsRepository {
  constructor(private readonly database: Database) {}

  async find(hashes: readonly string[]): Promise<FoundSecret | null> {
    const { rows } = await this.database.query<FoundSecret>(
      `SELECT s.hash, s.pepper, k.id, k.name, k.is_active AND k.revoked_at IS NULL AS usable,
              (extract(epoch FROM least(k.expires_at, s.ends_at) - now()) * 1000)::float8 AS remaining_ms,
              k.scopes, k.project_ids, k.allowed_ips, k.rate_limit
         FROM api_key_secrets s JOIN api_keys k ON k.id = s.key_id
        WHERE s.hash = ANY ($1)`,
      [hashes],
    );
    return rows[0] ?? null;
  }

  async rehash(before: string, { hash, pepper }: ApiKeyFingerprint): Promise<void> {
    await this.database.query('UPDATE api_key_secrets SET hash = $2, pepper = $3 WHERE hash = $1', [
      before,
      hash,
      pepper,
    ]);
  }

  /** A use never moves back, nor into the future. */
  async used(uses: readonly ApiKeyUse[]): Promise<number> {
    const { rowCount } = await this.database.query(
      `UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, least(u.at, now()))
         FROM (SELECT id, to_timestamp(max(ms) / 1000) AS at
                 FROM unnest($1::uuid[], $2::float8[]) AS given (id, ms) GROUP BY id) u
        WHERE k.id = u.id`,
      [uses.map(({ id }) => id), uses.map(({ at }) => at)],
    );
    return rowCount ?? 0;
  }

  /** Secrets whose pepper is none of `peppers`, by the name of theirs. */
  async underOther(peppers: readonly string[]): Promise<{ pepper: string; secrets: number }[]> {
    const { rows } = await this.database.query<{ pepper: string; secrets: number }>(
      `SELECT pepper, count(*)::integer AS secrets FROM api_key_secrets WHERE pepper <> ALL ($1) GROUP BY pepper`,
      [peppers],
    );
    return rows;
  }

  /** Deletes up to `limit` of those whose time is over and tells how many it found. */
  async deleteEnded(limit: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM api_key_secrets WHERE hash IN (
         SELECT hash FROM api_key_secrets WHERE ends_at <= now() ORDER BY ends_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [limit],
    );
    return rowCount ?? 0;
  }
}
