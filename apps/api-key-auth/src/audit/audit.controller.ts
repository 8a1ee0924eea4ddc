import { Controller } from '@nestjs/common';
import {
  auditOperations,
  type AuditEntry,
  type AuditEntryView,
  type AuditExportQuery,
  type AuditPageQuery,
  type CallContext,
  type Page,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { AuditService } from './audit.service';

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Handles(auditOperations.store)
  store(
    { entries }: { entries: readonly AuditEntry[] },
    { principal }: CallContext,
  ): Promise<{ stored: number }> {
    return this.audit.store(entries, principal);
  }

  @Handles(auditOperations.list)
  list(input: AuditPageQuery, { principal }: CallContext): Promise<Page<AuditEntryView>> {
    return this.audit.list(input, principal);
  }

  @Handles(auditOperations.get)
  get({ id }: { id: string }, { principal }: CallContext): Promise<AuditEntryView> {
    return this.audit.get(id, principal);
  }

  @Handles(auditOperations.export)
  export(input: AuditExportQuery, { principal }: CallContext): Promise<readonly AuditEntryView[]> {
    return this.audit.export(input, principal);
  }
}
