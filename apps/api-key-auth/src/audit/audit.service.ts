import { Injectable } from '@nestjs/common';
import {
  AUDIT_BATCH_MOST,
  AUDIT_EXPORT_BATCH,
  DomainError,
  type AuditEntry,
  type AuditEntryView,
  type AuditExportQuery,
  type AuditPageQuery,
  type Page,
  type Principal,
} from '@signalbox/contracts';
import { validate as isUuid } from 'uuid';
import { requireAdmin } from '../access';
import { AuditEntriesRepository } from './audit-entries.repository';

/** The log as administrators read it, and where the hub's other apps hand over what they have. */
@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditEntriesRepository) {}

  async store(entries: readonly AuditEntry[], { kind }: Principal): Promise<{ stored: number }> {
    if (kind !== 'system') throw new DomainError({ code: 'FORBIDDEN' });
    if (entries.length > AUDIT_BATCH_MOST)
      throw DomainError.invalid({ field: 'entries', key: 'max_items', params: { max: AUDIT_BATCH_MOST } });
    return { stored: await this.entries.store(entries) };
  }

  async list({ page, size, ...filter }: AuditPageQuery, principal: Principal): Promise<Page<AuditEntryView>> {
    requireAdmin(principal);
    return { ...(await this.entries.page(filter, { page, size })), page, size };
  }

  async get(id: string, principal: Principal): Promise<AuditEntryView> {
    requireAdmin(principal);
    const entry = isUuid(id) ? await this.entries.find(id) : null;
    if (!entry) throw DomainError.notFound('resource');
    return entry;
  }

  async export(query: AuditExportQuery, principal: Principal): Promise<readonly AuditEntryView[]> {
    requireAdmin(principal);
    return await this.entries.after(query, AUDIT_EXPORT_BATCH);
  }
}
