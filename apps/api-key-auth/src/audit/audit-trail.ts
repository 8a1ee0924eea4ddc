import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { auditEntry, type AuditedChange } from '@signalbox/observability';
import { AuditEntriesRepository, type Statements } from './audit-entries.repository';

/** Where the changes of this service are put on record. */
@Injectable()
export class AuditTrail {
  constructor(private readonly entries: AuditEntriesRepository) {}

  /**
   * Puts a change on record in the transaction that makes it: both are there, or neither. What changes nothing is not noted.
   * @param statements of that transaction
   */
  async note(statements: Statements, change: AuditedChange): Promise<void> {
    const entry: AuditEntry | null = auditEntry(newId(), change);
    if (entry) await this.entries.insert(statements, [entry]);
  }
}
