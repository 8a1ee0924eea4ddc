import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import { type IntegrationAction, SYSTEM } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { type EntityManager, In, Repository } from 'typeorm';
import { record } from '../integrations/integrations.repository';
import { readdressHooks, releaseHooks, wantHook } from './hook-changes.repository';
import { ProviderHookEntity } from './provider-hook.entity';

/** Longer than anybody is at it: whoever has taken one and is gone by then leaves it to another. */
const LEASE_SECONDS = 60;

/** A hook that somebody is at. */
export type ClaimedHook = ProviderHookEntity & { readonly claimedBy: string };

/** Where a hook is about to be made. */
export type Intent = Pick<ProviderHookEntity, 'provider' | 'place' | 'url' | 'settingsVersion' | 'hookId'>;

/** What came of an attempt. */
export type Outcome =
  | {
      readonly result: 'registered';
      readonly hookId: string;
      readonly url: string;
      readonly settingsVersion: number;
      /** Sealed: the provider's own, where it has made one. */
      readonly secret: string | null;
    }
  | {
      readonly result: 'failed';
      readonly error: string;
      readonly retryInMs: number | null;
      /** The provider may be at it still: nobody else is, whatever is wanted by then, before the next attempt is due. */
      readonly held: boolean;
    };

/** What is to be told to providers, who is at it, and what came of it. */
@Injectable()
export class HooksRepository {
  constructor(
    @InjectRepository(ProviderHookEntity) private readonly rows: Repository<ProviderHookEntity>,
    private readonly database: Database,
    private readonly audit: AuditOutbox,
  ) {}

  /** Those that are wanted, by endpoint. */
  async of(endpointIds: readonly string[]): Promise<Map<string, ProviderHookEntity>> {
    if (endpointIds.length === 0) return new Map();
    const rows = await this.rows.findBy({ endpointId: In([...endpointIds]), removing: false });
    return new Map(rows.map((row) => [row.endpointId, row]));
  }

  async readdress(prefix: string, statuses: readonly ('registered' | 'failed')[]): Promise<void> {
    await readdressHooks(this.rows.manager, prefix, statuses);
  }

  /**
   * Takes those that are due; nobody else gets them for a minute.
   *
   * @param full origins of the places that have no room: whatever is known to be there is left
   */
  async takeDue(most: number, full: readonly string[]): Promise<ClaimedHook[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `UPDATE provider_hooks
          SET claimed_by = $1, attempts = attempts + 1, due_at = now() + make_interval(secs => ${LEASE_SECONDS})
        WHERE id IN (SELECT h.id FROM provider_hooks h
                      WHERE h.due_at <= now() AND NOT EXISTS (
                        SELECT 1 FROM unnest($3::text[]) AS origin
                         WHERE starts_with(h.place, origin || '/') AND (h.removing OR h.settings_version = (
                           SELECT version FROM integrations i WHERE i.id = h.integration_id)))
                      ORDER BY h.due_at LIMIT $2 FOR UPDATE OF h SKIP LOCKED)
        RETURNING id`,
      [randomUUID(), most, full],
    );
    const taken = await this.rows.findBy({ id: In(rows.map(({ id }) => id)) });
    return taken.filter((row): row is ClaimedHook => row.claimedBy !== null);
  }

  /** Whether another hook has that address there still, wanted elsewhere or not at all: whoever took it for theirs would lose it. */
  async isTaken({ id }: ClaimedHook, place: string, url: string): Promise<boolean> {
    const { rows } = await this.database.query(
      'SELECT 1 FROM provider_hooks WHERE url = $2 AND place = $3 AND id <> $1 LIMIT 1',
      [id, url, place],
    );
    return rows.length > 0;
  }

  /** Those of these ids that are not another hook's there. */
  async notOthers({ id }: ClaimedHook, place: string, hookIds: readonly string[]): Promise<string[]> {
    if (hookIds.length === 0) return [];
    const { rows } = await this.database.query<{ hook_id: string }>(
      'SELECT hook_id FROM provider_hooks WHERE hook_id = ANY ($2) AND place = $3 AND id <> $1',
      [id, hookIds, place],
    );
    const others = new Set(rows.map((row) => row.hook_id));
    return hookIds.filter((one) => !others.has(one));
  }

  /** Writes down what is about to be made. False when it is not wanted any more, or somebody else's by now. */
  async intend({ id, claimedBy }: ClaimedHook, intent: Intent): Promise<boolean> {
    const { affected } = await this.rows.update({ id, claimedBy, removing: false }, intent);
    return affected === 1;
  }

  /**
   * The settings have moved: what is there is to be removed with the old ones, and another made with the new. False when it
   * is not wanted any more, or somebody else's by now.
   */
  async moved({ id, claimedBy, endpointId, integrationId }: ClaimedHook): Promise<boolean> {
    return await this.rows.manager.transaction(async (manager) => {
      // What is wanted may have changed since it was taken.
      const [[row]] = await manager.query<[{ events: string[] }[], number]>(
        `UPDATE provider_hooks SET claimed_by = NULL WHERE id = $1 AND claimed_by = $2 AND NOT removing
         RETURNING events`,
        [id, claimedBy],
      );
      if (row === undefined) return false;
      await releaseHooks(manager, { endpointId });
      await wantHook(manager, { endpointId, integrationId }, row.events);
      return true;
    });
  }

  /** Lets it go for now. Never due at once: whoever gave it back would take it again without a pause. @param counts as an attempt */
  async putBack({ id, claimedBy }: ClaimedHook, counts: boolean): Promise<void> {
    await this.database.query(
      `UPDATE provider_hooks SET claimed_by = NULL, due_at = now() + interval '1 second',
         attempts = greatest(attempts - $3, 0)
       WHERE id = $1 AND claimed_by = $2`,
      [id, claimedBy, counts ? 0 : 1],
    );
  }

  /**
   * Nothing was tried, for its place has no room. The place is written down, so that it is left until there is some; one
   * that was made there with older settings is taken now and then, because newer ones may say another place.
   */
  async makeWay(
    { id, claimedBy }: ClaimedHook,
    place: string,
    settingsVersion: number | null,
  ): Promise<void> {
    await this.database.query(
      `UPDATE provider_hooks SET claimed_by = NULL, attempts = greatest(attempts - 1, 0),
         place = CASE WHEN url IS NULL THEN $3 ELSE place END,
         settings_version = CASE WHEN url IS NULL THEN $4 ELSE settings_version END,
         due_at = now() + CASE WHEN removing OR url IS NULL OR settings_version = $4
           THEN interval '0' ELSE interval '1 second' END
       WHERE id = $1 AND claimed_by = $2`,
      [id, claimedBy, place, settingsVersion],
    );
  }

  /** Leaves it without an attempt, and to nobody else for a minute: the provider may be at it still. */
  async hold({ id, claimedBy }: ClaimedHook): Promise<void> {
    await this.database.query(
      `UPDATE provider_hooks SET due_at = now() + make_interval(secs => ${LEASE_SECONDS}),
         attempts = greatest(attempts - 1, 0)
       WHERE id = $1 AND claimed_by = $2`,
      [id, claimedBy],
    );
  }

  /** Nothing was tried, for it has to wait for others: longer, the longer it has waited. */
  async wait({ id, claimedBy }: ClaimedHook, why: string): Promise<void> {
    await this.database.query(
      `UPDATE provider_hooks SET claimed_by = NULL, attempts = greatest(attempts - 1, 0), error = $3,
         due_at = now() + least(greatest(now() - updated_at, interval '2 seconds'), interval '1 minute')
       WHERE id = $1 AND claimed_by = $2`,
      [id, claimedBy, why],
    );
  }

  /** Keeps what came of it, where it is still this claim's. What is wanted otherwise by now is done again. */
  async settle(hook: ClaimedHook, outcome: Outcome): Promise<void> {
    const { id, claimedBy, revision, endpointId, integrationId } = hook;
    const good = outcome.result === 'registered';
    await this.rows.manager.transaction(async (manager) => {
      const known = await holdIntegration(manager, integrationId);
      const secret = good ? outcome.secret : null;
      // Before the hook, as whoever changes an endpoint does.
      if (secret !== null) {
        await manager.query('SELECT 1 FROM inbound_endpoints WHERE id = $1 FOR NO KEY UPDATE', [endpointId]);
      }
      const retryInMs = good ? null : outcome.retryInMs;
      const status = good ? 'registered' : retryInMs === null ? 'failed' : 'pending';
      const [rows] = await manager.query<[{ current: boolean; removing: boolean }[], number]>(
        `UPDATE provider_hooks SET
           hook_id = coalesce($4, hook_id), url = coalesce($5, url),
           settings_version = CASE WHEN removing THEN settings_version ELSE coalesce($6, settings_version) END,
           secret_changed = secret_changed AND NOT ($7 = 'registered' AND revision = $3),
           claimed_by = CASE WHEN $10 THEN claimed_by END, updated_at = now(),
           attempts = CASE WHEN $7 = 'registered' THEN 0 ELSE attempts END,
           status = CASE WHEN revision = $3 THEN $7 ELSE status END,
           error = CASE WHEN revision = $3 THEN $8 ELSE error END,
           due_at = CASE WHEN $10 OR revision = $3 THEN now() + make_interval(secs => $9::float8 / 1000) ELSE now() END
         WHERE id = $1 AND claimed_by = $2
         RETURNING revision = $3 AS current, removing`,
        [
          id,
          claimedBy,
          revision,
          good ? outcome.hookId : null,
          good ? outcome.url : null,
          good ? outcome.settingsVersion : null,
          status,
          good ? null : outcome.error,
          retryInMs,
          !good && outcome.held && retryInMs !== null,
        ],
      );
      const [row] = rows;
      if (row === undefined) return;
      if (secret !== null && !row.removing) {
        await manager.query(
          'UPDATE inbound_endpoints SET secret = $2, version = version + 1, updated_at = now() WHERE id = $1',
          [endpointId, secret],
        );
      }
      if (good) {
        // Telling the provider again what it knows is no news.
        if (outcome.hookId === hook.hookId && hook.error === null) return;
        await this.tell(manager, hook, known, 'hook_registered', { status, hook_id: outcome.hookId });
      } else if (row.current && status === 'failed') {
        await this.tell(manager, hook, known, 'hook_failed', { status, error: outcome.error });
      }
    });
  }

  /** It is gone from the provider, or given up. @param error why it was given up, null where it is gone */
  async forget(hook: ClaimedHook, error: string | null, there: boolean): Promise<void> {
    const { id, claimedBy, integrationId, hookId } = hook;
    await this.rows.manager.transaction(async (manager) => {
      const known = await holdIntegration(manager, integrationId);
      const { affected } = await manager.delete(ProviderHookEntity, { id, claimedBy });
      if (affected !== 1 || !there) return;
      await this.tell(manager, hook, known, error === null ? 'hook_removed' : 'hook_failed', {
        status: error === null ? 'removed' : 'given_up',
        hook_id: hookId,
        ...(error !== null && { error }),
      });
    });
  }

  /** A removal that failed and is tried again. */
  async removeLater({ id, claimedBy }: ClaimedHook, error: string, retryInMs: number): Promise<void> {
    await this.database.query(
      `UPDATE provider_hooks SET claimed_by = NULL, error = $3, updated_at = now(),
         due_at = now() + make_interval(secs => $4::float8 / 1000)
       WHERE id = $1 AND claimed_by = $2`,
      [id, claimedBy, error, retryInMs],
    );
  }

  private async tell(
    manager: EntityManager,
    { endpointId, integrationId, provider }: ClaimedHook,
    known: boolean,
    action: IntegrationAction,
    details: Readonly<Record<string, string | null>>,
  ): Promise<void> {
    if (known) {
      await record(manager, integrationId, action, SYSTEM.id, { endpoint_id: endpointId, ...details });
    }
    await this.audit.note(manager, {
      action: 'inbound-endpoints.register',
      resourceId: endpointId,
      before: null,
      after: { provider, ...details },
    });
  }
}

/** Whether it is there, and stays there until the transaction ends. Always first, or two that wait for each other never end. */
async function holdIntegration(manager: EntityManager, id: string): Promise<boolean> {
  const found = await manager.query<{ id: string }[]>(
    'SELECT id FROM integrations WHERE id = $1 FOR KEY SHARE',
    [id],
  );
  return found.length > 0;
}
