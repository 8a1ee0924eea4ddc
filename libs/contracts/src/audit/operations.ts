import { operation } from '../operation';
import type { Page } from '../page';
import type { AuditEntry, AuditEntryView, AuditExportQuery, AuditPageQuery } from './entries';

const SERVICE = 'api-key-auth' as const;

export const auditOperations = {
  /** For the hub's own apps. A `query`, since running it again does no harm: an entry is stored once. */
  store: operation<{ entries: readonly AuditEntry[] }, { stored: number }>(SERVICE, 'audit.store', 'query'),
  /** Newest first. */
  list: operation<AuditPageQuery, Page<AuditEntryView>>(SERVICE, 'audit.list', 'query', 15_000),
  get: operation<{ id: string }, AuditEntryView>(SERVICE, 'audit.get', 'query'),
  /** Oldest first, a batch at a time. */
  export: operation<AuditExportQuery, readonly AuditEntryView[]>(SERVICE, 'audit.export', 'query', 15_000),
};
