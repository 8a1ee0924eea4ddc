import { Injectable } from '@nestjs/common';
import {
  AUDIT_COUNTED,
  type AuditEntry,
  type AuditEntryView,
  type AuditExportQuery,
  type AuditFilter,
  type PageRequest,
} from '@signalbox/contracts';
import { Database, type Reader } from '@signalbox/database';

/** A transaction that is under way, whoever began it. */
export interface Statements {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

type EntryRow = Omit<AuditEntryView, 'time' | 'seq'> & { readonly time: Date; readonly seq: string | null };

const FIELDS = `id, time, action, outcome, reason, actor_kind, actor_id, actor_name, resource_type, resource_id, before, after,
  address, agent, surface, request_id`;
const COLUMNS = `${FIELDS}, seq, encode(hash, 'hex') AS hash`;
const RECORD = `e(id uuid, time timestamptz, action text, outcome text, reason text, actor_kind text, actor_id text,
  actor_name text, resource_type text, resource_id text, before json, after json, address text, agent text, surface text,
  request_id text)`;
const INSERT = `INSERT INTO audit_entries (${FIELDS})
  SELECT ${FIELDS} FROM json_to_recordset($1::json) AS ${RECORD} ON CONFLICT (id) DO NOTHING RETURNING 1`;

/** By which column each filter looks. */
const COLUMN_OF = {
  actor: 'actor_id',
  action: 'action',
  resource_type: 'resource_type',
  resource_id: 'resource_id',
  outcome: 'outcome',
  surface: 'surface',
  request_id: 'request_id',
} as const satisfies Partial<Record<keyof AuditFilter, string>>;

@Injectable()
export class AuditEntriesRepository {
  constructor(private readonly database: Database) {}

  /** Each once, however often it comes. */
  async insert(statements: Statements, entries: readonly AuditEntry[]): Promise<void> {
    await statements.query(INSERT, [JSON.stringify(entries)]);
  }

  /** @returns how many of them are new */
  async store(entries: readonly AuditEntry[]): Promise<number> {
    const { rowCount } = await this.database.query(INSERT, [JSON.stringify(entries)]);
    return rowCount ?? 0;
  }

  async find(id: string): Promise<AuditEntryView | null> {
    const [found] = await this.rows(this.database, `SELECT ${COLUMNS} FROM audit_entries WHERE id = $1`, [
      id,
    ]);
    return found ?? null;
  }

  /** Newest first. May lag. */
  async page(
    filter: AuditFilter,
    { page, size }: PageRequest,
  ): Promise<{ items: AuditEntryView[]; total: number }> {
    const { where, values } = chosen(filter);
    const [items, count] = await Promise.all([
      this.rows(
        this.database.lagging,
        `SELECT ${COLUMNS} FROM audit_entries WHERE ${where}
          ORDER BY time DESC, id DESC LIMIT ${size} OFFSET ${(page - 1) * size}`,
        values,
      ),
      this.database.lagging.query<{ total: number }>(
        `SELECT count(*)::integer AS total FROM (SELECT FROM audit_entries WHERE ${where} LIMIT ${AUDIT_COUNTED}) counted`,
        values,
      ),
    ]);
    return { items, total: count.rows[0]?.total ?? 0 };
  }

  /** Oldest first, from after the cursor on. May lag. */
  async after({ after, ...filter }: AuditExportQuery, limit: number): Promise<AuditEntryView[]> {
    const { where, values } = chosen(filter);
    const n = values.length;
    const from = after ? `AND (time, id) > ($${n + 1}::timestamptz, $${n + 2}::uuid)` : '';
    return this.rows(
      this.database.lagging,
      `SELECT ${COLUMNS} FROM audit_entries WHERE ${where} ${from} ORDER BY time, id LIMIT ${limit}`,
      after ? [...values, after.time, after.id] : values,
    );
  }

  private async rows(reader: Reader, text: string, values: unknown[]): Promise<AuditEntryView[]> {
    const { rows } = await reader.query<EntryRow>(text, values);
    return rows.map(({ time, seq, ...row }) => ({
      ...row,
      time: time.toISOString(),
      seq: seq === null ? null : Number(seq),
    }));
  }
}

function chosen({ from, to, ...filter }: AuditFilter): { where: string; values: unknown[] } {
  const conditions = ['true'];
  const values: unknown[] = [];
  const add = (condition: string, value: unknown) => {
    values.push(value);
    conditions.push(`${condition} $${values.length}`);
  };
  if (from !== undefined) add('time >=', from);
  if (to !== undefined) add('time <', to);
  for (const [name, column] of Object.entries(COLUMN_OF)) {
    const value = filter[name as keyof typeof COLUMN_OF];
    if (value !== undefined) add(`${column} =`, value);
  }
  return { where: conditions.join(' AND '), values };
}
