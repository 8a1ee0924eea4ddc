import type { UsageLogView } from '@signalbox/contracts';
import { csvLine } from './csv';

const COLUMNS = [
  'time',
  'id',
  'request_id',
  'method',
  'endpoint',
  'surface',
  'status',
  'duration_ms',
  'bytes_in',
  'bytes_out',
  'caller_kind',
  'caller_id',
  'caller_name',
  'project_id',
  'error_code',
  'address',
] as const satisfies readonly (keyof UsageLogView)[];

/** The first line of a CSV file (RFC 4180). */
export function csvHead(): string {
  return csvLine(COLUMNS);
}

export function csvLines(records: readonly UsageLogView[]): string {
  return records.map((record) => csvLine(COLUMNS.map((name) => record[name]))).join('');
}
