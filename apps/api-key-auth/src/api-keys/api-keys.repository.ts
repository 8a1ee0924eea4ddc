import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ApiKeyFilter, ApiKeyFingerprint, AuditFields } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import type { Repository } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail';
import { ApiKeyEntity } from './api-key.entity';

export type NewApiKey = Pick<
  ApiKeyEntity,
  | 'id'
  | 'name'
  | 'description'
  | 'keyPrefix'
  | 'scopes'
  | 'projectIds'
  | 'allowedIps'
  | 'rateLimit'
  | 'expiresAt'
  | 'createdBy'
>;
export type ApiKeyPatch = Partial<Omit<NewApiKey, 'id' | 'keyPrefix' | 'createdBy'>> & {
  isActive?: boolean;
};

/** Of one key: what is rotated too often ends earlier. */
const MAX_SECRETS = 5;

const COLUMNS = `id, name, description, key_prefix AS "keyPrefix", scopes, project_ids AS "projectIds",
  allowed_ips AS "allowedIps", rate_limit AS "rateLimit", is_active AS "isActive", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt", rotated_at AS "rotatedAt", revoked_at AS "revokedAt",
  expiring_event_id AS "expiringEventId", expiring_told AS "expiringTold", created_by AS "createdBy",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

@Injectable()
export class ApiKeysRepository {
  constructor(
    @InjectRepository(ApiKeyEntity) private readonly keys: Repository<ApiKeyEntity>,
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  find(id: string): Promise<ApiKeyEntity | null> {
    return this.keys.findOneBy({ id });
  }

  /**
   * Stores the key with its secret. Where the same request ran before, what it made gets this secret instead: nobody was
   * ever told the other.
   * @returns false when somebody else's key has the id
   */
  insert(key: NewApiKey, secret: ApiKeyFingerprint): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO api_keys AS k (id, name, description, key_prefix, scopes, project_ids, allowed_ips, rate_limit,
           is_active, expires_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, $9, $10)
         ON CONFLICT (id) DO UPDATE SET key_prefix = excluded.key_prefix
           WHERE k.created_by = excluded.created_by AND k.rotated_at IS NULL AND k.revoked_at IS NULL`,
        [
          key.id,
          key.name,
          key.description,
          key.keyPrefix,
          key.scopes,
          key.projectIds,
          key.allowedIps,
          key.rateLimit,
          key.expiresAt,
          key.createdBy,
        ],
      );
      if (rowCount === 0) return false;
      await client.query('DELETE FROM api_key_secrets WHERE key_id = $1', [key.id]);
      await addSecret(client, key.id, secret);
      await this.audit.note(client, {
        action: 'api-keys.create',
        resourceId: key.id,
        before: null,
        after: audited({ ...key, isActive: true }),
      });
      return true;
    });
  }

  /** Newest first. May lag. @param visible the projects of a confined caller */
  async page(
    { page, size, is_active: active, without_revoked: live }: ApiKeyFilter,
    visible: readonly string[] | null,
  ): Promise<{ items: ApiKeyEntity[]; total: number }> {
    const where = `WHERE ($1::boolean IS NULL OR (is_active AND revoked_at IS NULL) = $1)
      AND (NOT $2::boolean OR revoked_at IS NULL)
      AND ($3::text[] IS NULL OR project_ids <@ $3::text[])`;
    const values = [active ?? null, live ?? false, visible];
    const [rows, count] = await Promise.all([
      this.database.lagging.query<ApiKeyEntity>(
        `SELECT ${COLUMNS} FROM api_keys ${where} ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5`,
        [...values, size, (page - 1) * size],
      ),
      this.database.lagging.query<{ total: number }>(
        `SELECT count(*)::integer AS total FROM api_keys ${where}`,
        values,
      ),
    ]);
    return { items: rows.rows, total: count.rows[0]?.total ?? 0 };
  }

  /** Changes a key that is not revoked. Another expiry is announced anew. */
  async update(id: string, patch: ApiKeyPatch): Promise<boolean> {
    const announced = patch.expiresAt === undefined ? {} : { expiringEventId: null, expiringTold: false };
    return this.keys.manager.transaction(async (manager) => {
      const before = await manager.findOne(ApiKeyEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!before || before.revokedAt) return false;
      await manager.update(ApiKeyEntity, { id }, { ...patch, ...announced, updatedAt: () => 'now()' });
      await this.audit.note(manager, {
        action: 'api-keys.update',
        resourceId: id,
        before: audited(before),
        after: audited({ ...before, ...patch }),
      });
      return true;
    });
  }

  /**
   * Gives the key another secret. What it had ends after `overlapSeconds`, or earlier where that was decided before.
   * @returns false unless the key could be used at this moment
   */
  rotate(id: string, secret: ApiKeyFingerprint, keyPrefix: string, overlapSeconds: number): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ before: string }>(
        `UPDATE api_keys k SET key_prefix = $2, rotated_at = now(), updated_at = now()
           FROM (SELECT id, key_prefix FROM api_keys WHERE id = $1 FOR UPDATE) old
          WHERE k.id = old.id AND k.is_active AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > now())
        RETURNING old.key_prefix AS before`,
        [id, keyPrefix],
      );
      const [rotated] = rows;
      if (!rotated) return false;
      await client.query(
        `UPDATE api_key_secrets SET ends_at = least(ends_at, now() + $2 * interval '1 second') WHERE key_id = $1`,
        [id, overlapSeconds],
      );
      await client.query(
        `DELETE FROM api_key_secrets WHERE key_id = $1 AND ($2 = 0 OR ends_at <= now() OR hash NOT IN (
           SELECT hash FROM api_key_secrets WHERE key_id = $1 ORDER BY created_at DESC LIMIT ${MAX_SECRETS - 1}))`,
        [id, overlapSeconds],
      );
      await addSecret(client, id, secret);
      await this.audit.note(client, {
        action: 'api-keys.rotate',
        resourceId: id,
        before: { prefix: rotated.before },
        after: { prefix: keyPrefix, overlap_seconds: overlapSeconds },
      });
      return true;
    });
  }

  /** For good: nothing that proves the key is left. */
  revoke(id: string): Promise<void> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ name: string; prefix: string }>(
        `UPDATE api_keys SET revoked_at = now(), is_active = false, updated_at = now()
          WHERE id = $1 AND revoked_at IS NULL RETURNING name, key_prefix AS prefix`,
        [id],
      );
      await client.query('DELETE FROM api_key_secrets WHERE key_id = $1', [id]);
      const [before] = rows;
      if (before)
        await this.audit.note(client, { action: 'api-keys.revoke', resourceId: id, before, after: null });
    });
  }
}

/** What of a key is on record; what proves it is not among this. */
function audited(key: NewApiKey & { readonly isActive: boolean }): AuditFields {
  return {
    name: key.name,
    description: key.description,
    prefix: key.keyPrefix,
    scopes: key.scopes,
    project_ids: key.projectIds,
    allowed_ips: key.allowedIps,
    rate_limit: key.rateLimit,
    expires_at: key.expiresAt?.toISOString() ?? null,
    is_active: key.isActive,
  };
}

async function addSecret(
  client: PoolClient,
  keyId: string,
  { hash, pepper }: ApiKeyFingerprint,
): Promise<void> {
  await client.query('INSERT INTO api_key_secrets (hash, pepper, key_id) VALUES ($1, $2, $3)', [
    hash,
    pepper,
    keyId,
  ]);
}
