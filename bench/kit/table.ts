export type Row = readonly (string | number)[];

/** Columns as wide as they need be; all but the first to the right. */
export function table(head: Row, rows: readonly Row[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [first = [], ...others] = cells;
  return [line(first), widths.map((width) => '-'.repeat(width)).join('  '), ...others.map(line)].join('\n');
}

const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const whole = (value: number): string => GROUPED.format(value);
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
export const seconds = (value: number): string => `${value.toFixed(1)} s`;
export const mib = (bytes: number): string => `${whole(bytes / 1024 / 1024)} MiB`;

/** A target beside what was measured, in words: never a reason to fail, since machines differ. */
export function verdict(target: string, met: boolean): string {
  return `target ${target}: ${met ? 'met' : 'MISSED'}`;
}
