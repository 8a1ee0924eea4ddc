import type { PageRequest } from '../page';
import type { Principal } from '../principal';

/** `done`: it was changed. `refused`: the caller had no right to what he asked for. */
export const AUDIT_OUTCOMES = ['done', 'refused'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Fields of what was changed, secrets masked. */
export type AuditFields = Readonly<Record<string, unknown>>;

/** Who did what to what, from where. Every text in it is bounded, and none is a secret. */
export interface AuditEntry {
  /** A UUID that sorts by time and stays the same however often the entry is sent: it is stored once. */
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  /** Name of the operation; of a call that was refused at the door its method and endpoint: `POST /api/users/`. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  /** Why it was refused: a key of the catalogue of messages, or a code of the catalogue of errors. */
  readonly reason: string | null;
  readonly actor_kind: Principal['kind'] | null;
  /** Null where nobody in particular called. */
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly resource_type: string | null;
  readonly resource_id: string | null;
  /** Of a change only the fields that differ; null where there was nothing before, or nothing is left. */
  readonly before: AuditFields | null;
  readonly after: AuditFields | null;
  /** Null where nobody called over the network. */
  readonly address: string | null;
  readonly agent: string | null;
  readonly surface: string | null;
  readonly request_id: string | null;
}

export interface AuditEntryView extends AuditEntry {
  /** Its place in the chain, from 1 without gaps; null within the second before it gets one. */
  readonly seq: number | null;
  /** SHA-256 over the entry and the hash of the one before it, in hexadecimal. */
  readonly hash: string | null;
}

/** What is left out does not matter. Times are ISO 8601; `to` is not part of the time. */
export interface AuditFilter {
  readonly from?: string;
  readonly to?: string;
  /** Id of a user or an API key, or `system`. */
  readonly actor?: string;
  readonly action?: string;
  readonly resource_type?: string;
  readonly resource_id?: string;
  readonly outcome?: AuditOutcome;
  readonly surface?: string;
  readonly request_id?: string;
}

export interface AuditPageQuery extends AuditFilter, PageRequest {}

export interface AuditExportQuery extends AuditFilter {
  /** Goes on after this entry. */
  readonly after: { readonly time: string; readonly id: string } | null;
}

/** Entries that are stored with one call at most. */
export const AUDIT_BATCH_MOST = 200;
/** Entries an answer to `audit.export` holds at most; fewer mean that there are no more. */
export const AUDIT_EXPORT_BATCH = 200;
/** Counting on would take longer than anybody waits: a longer list says this many. */
export const AUDIT_COUNTED = 100_000;
