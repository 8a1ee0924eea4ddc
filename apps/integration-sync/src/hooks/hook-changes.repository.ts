import { newId } from '@signalbox/database';
import type { EntityManager } from 'typeorm';

/** Of which endpoint, or of every endpoint of which integration. */
export type HooksOf = { readonly endpointId: string } | { readonly integrationId: string };

/** Whoever is at it is left to end; then it is done again. */
const NEXT = 'CASE WHEN h.claimed_by IS NULL THEN now() ELSE h.due_at END';
const ANEW = (secretChanged: string) =>
  `secret_changed = h.secret_changed OR ${secretChanged}, status = 'pending', attempts = 0, revision = h.revision + 1, updated_at = now(), due_at = ${NEXT}`;

/** What a hook is wanted for; null where none is. */
export async function hookEvents(manager: EntityManager, endpointId: string): Promise<string[] | null> {
  const [row] = await manager.query<{ events: string[] }[]>(
    'SELECT events FROM provider_hooks WHERE endpoint_id = $1 AND NOT removing',
    [endpointId],
  );
  return row?.events ?? null;
}

/** A hook is to be there, in the transaction that says so; what the provider is told follows. */
export async function wantHook(
  manager: EntityManager,
  { endpointId, integrationId }: { endpointId: string; integrationId: string },
  events: readonly string[],
  secretChanged = false,
): Promise<void> {
  await manager.query(
    `INSERT INTO provider_hooks AS h (id, endpoint_id, integration_id, removing, events, status, due_at, updated_at)
     VALUES ($1, $2, $3, false, $4, 'pending', now(), now())
     ON CONFLICT (endpoint_id) WHERE NOT removing DO UPDATE SET events = excluded.events, ${ANEW('$5')}`,
    [newId(), endpointId, integrationId, [...events], secretChanged],
  );
}

/** Something that the provider is told has changed, or may have. */
export async function touchHooks(manager: EntityManager, of: HooksOf, secretChanged = false): Promise<void> {
  const [column, id] = columnOf(of);
  await manager.query(`UPDATE provider_hooks h SET ${ANEW('$2')} WHERE h.${column} = $1 AND NOT h.removing`, [
    id,
    secretChanged,
  ]);
}

/**
 * The hub is reached elsewhere now: whoever was told another address is told the new one.
 *
 * @param statuses those that are told; the pending ones are told in any case
 */
export async function readdressHooks(
  statements: Pick<EntityManager, 'query'>,
  prefix: string,
  statuses: readonly ('registered' | 'failed')[],
): Promise<void> {
  await statements.query(
    `UPDATE provider_hooks h SET ${ANEW('false')}
     WHERE NOT h.removing AND h.status = ANY ($2) AND h.url IS NOT NULL AND NOT starts_with(h.url, $1)`,
    [prefix, statuses],
  );
}

/**
 * Hooks are to go, with what is needed for that: the settings that they were made with, or the oldest after those that are
 * kept, since the integration may be gone by then.
 */
export async function releaseHooks(manager: EntityManager, of: HooksOf): Promise<void> {
  const [column, id] = columnOf(of);
  // First, because a statement that had to wait for a row joins it with what was there before.
  await manager.query(
    `SELECT id FROM provider_hooks WHERE ${column} = $1 AND NOT removing ORDER BY id FOR UPDATE`,
    [id],
  );
  await manager.query(
    `UPDATE provider_hooks h SET removing = true, settings_version = v.version, data_key = v.data_key,
       configuration = v.configuration, credentials = v.credentials, error = NULL, ${ANEW('false')}
     FROM integration_versions v
     WHERE h.${column} = $1 AND NOT h.removing AND v.integration_id = h.integration_id AND v.version = (
       SELECT min(kept.version) FROM integrations i JOIN integration_versions kept ON kept.integration_id = i.id
       WHERE i.id = h.integration_id AND kept.version >= coalesce(h.settings_version, i.version))`,
    [id],
  );
}

function columnOf(of: HooksOf): [column: string, id: string] {
  return 'endpointId' in of ? ['endpoint_id', of.endpointId] : ['integration_id', of.integrationId];
}
