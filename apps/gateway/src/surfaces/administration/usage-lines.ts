import type { UsageLogView } from '@signalbox/contracts';

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

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** The first line of a CSV file (RFC 4180). */
export function csvHead(): string {
  return `${COLUMNS.join(',')}\r\n`;
}

export function csvLines(records: readonly UsageLogView[]): string {
  return records.map((record) => `${COLUMNS.map((name) => cell(record[name])).join(',')}\r\n`).join('');
}

export function jsonLines(records: readonly UsageLogView[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** Text that a spreadsheet would calculate with begins with an apostrophe instead: names are chosen by callers. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
