import { Injectable } from '@nestjs/common';
import { AUDIT_BATCH_MOST, type AuditEntry } from '@signalbox/contracts';
import { Database, newId } from '@signalbox/database';
import { auditEntry, type AuditedChange } from '@signalbox/observability';

/** A transaction that is under way, whoever began it. */
export interface Statements {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/** What this service puts on record, until the service that keeps the audit log has it. */
@Injectable()
export class AuditOutbox {
  constructor(private readonly database: Database) {}

  /**
   * Puts a change on record in the transaction that makes it: both are there, or neither. What changes nothing is not noted.
   * @param statements of that transaction
   */
  async note(statements: Statements, change: AuditedChange): Promise<void> {
    const entry = auditEntry(newId(), change);
    if (!entry) return;
    await statements.query('INSERT INTO audit_outbox (id, entry) VALUES ($1, $2)', [
      entry.id,
      JSON.stringify(entry),
    ]);
  }

  /** The oldest, as many as can be handed over at once. */
  async oldest(): Promise<AuditEntry[]> {
    const { rows } = await this.database.query<{ entry: AuditEntry }>(
      `SELECT entry FROM audit_outbox ORDER BY id LIMIT ${AUDIT_BATCH_MOST}`,
    );
    return rows.map(({ entry }) => entry);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.database.query('DELETE FROM audit_outbox WHERE id = ANY ($1::uuid[])', [ids]);
  }

  /** Seconds that the oldest has waited; 0 where there is none. */
  async lagSeconds(): Promise<number> {
    const { rows } = await this.database.query<{ lag: number }>(
      `SELECT extract(epoch FROM now() - created_at)::float8 AS lag FROM audit_outbox ORDER BY id LIMIT 1`,
    );
    return Math.max(0, rows[0]?.lag ?? 0);
  }
}
