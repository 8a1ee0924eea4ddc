import {
  AUDITED,
  SYSTEM,
  type AuditAction,
  type AuditEntry,
  type AuditFields,
  type AuditOutcome,
  type Principal,
} from '@signalbox/contracts';
import { maskSecrets } from '@signalbox/security';
import { CallScope } from './call-scope';

/** A change as whoever makes it knows it. */
export interface AuditedChange {
  readonly action: AuditAction;
  readonly resourceId: string;
  /** Everything that may have changed, as it was; null where there was nothing. Secrets may be in it: they are masked by their names. */
  readonly before: AuditFields | null;
  /** The same as it is; null where nothing is left. */
  readonly after: AuditFields | null;
  /** Unless it was the caller: who has just signed in called as nobody. */
  readonly actor?: Pick<Principal, 'kind' | 'id' | 'name'>;
  readonly outcome?: AuditOutcome;
  readonly reason?: string;
}

const MOST_TEXT = 500;
/** Characters of JSON: of a field, and of all fields together. */
const MOST_FIELD = 1_000;
const MOST_FIELDS = 4_000;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/g;

/**
 * The entry of a change, made by whom the surrounding call is for.
 * @param id UUIDv7
 * @returns null where nothing differs
 */
export function auditEntry(id: string, change: AuditedChange): AuditEntry | null {
  const { action, resourceId, outcome = 'done', reason } = change;
  const differing = differences(change.before, change.after);
  if (!differing) return null;
  const scope = CallScope.current();
  const actor = change.actor ?? scope?.principal ?? SYSTEM;
  const origin = scope?.origin;
  return {
    id,
    time: new Date().toISOString(),
    action,
    outcome,
    reason: reason ?? null,
    actor_kind: actor.kind,
    actor_id: auditText(actor.id),
    actor_name: auditText(actor.name),
    resource_type: AUDITED[action],
    resource_id: auditText(resourceId),
    ...differing,
    address: auditText(origin?.address),
    agent: auditText(origin?.agent),
    surface: origin?.surface ?? null,
    request_id: auditText(scope?.requestId),
  };
}

/** Text as an entry may hold it: of one line, well-formed, cut short; null for none. */
export function auditText(text: string | undefined | null): string | null {
  if (text === undefined || text === null) return null;
  return text.slice(0, MOST_TEXT).toWellFormed().replace(CONTROL, '\u{fffd}');
}

/** Compared as they are, then masked: that a secret was changed shows, what it was does not. */
function differences(
  before: AuditFields | null,
  after: AuditFields | null,
): Pick<AuditEntry, 'before' | 'after'> | null {
  if (before === null || after === null)
    return { before: before && shown(before), after: after && shown(after) };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (names.length === 0) return null;
  const only = (fields: AuditFields) =>
    Object.fromEntries(
      names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
    );
  return { before: shown(only(before)), after: shown(only(after)) };
}

function shown(fields: AuditFields): AuditFields {
  let left = MOST_FIELDS;
  return Object.fromEntries(
    Object.entries(maskSecrets(fields) as AuditFields).map(([name, value]) => {
      const { length } = JSON.stringify(value) ?? '';
      if (length > Math.min(MOST_FIELD, left)) return [name, `[left out: ${length} characters]`];
      left -= length;
      return [name, value];
    }),
  );
}
