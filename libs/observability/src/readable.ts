import { styleText } from 'node:util';

const COLOURS = {
  fatal: 'magenta',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'blue',
  trace: 'gray',
} as const;

/** One JSON log line as a person reads it: time, level, app, message, then the rest. */
export function readableLine(line: string): string {
  const { level, time, app, msg, err, pid: _pid, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const name = String(level) as keyof typeof COLOURS;
  const details = Object.entries(rest).map(([key, value]) => `${key}=${inline(value)}`);
  const head = [
    styleText('gray', String(time).slice(11, 23)),
    styleText(COLOURS[name] ?? 'white', name.toUpperCase().padEnd(5)),
    styleText('cyan', String(app)),
    ...(msg === undefined ? [] : [inline(msg)]),
    ...(details.length === 0 ? [] : [styleText('gray', details.join(' '))]),
  ].join('  ');
  return err === undefined ? `${head}\n` : `${head}\n${indent(describe(err))}\n`;
}

function inline(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The stack and those of the causes; an error without a stack as JSON. */
function describe(err: unknown): string {
  if (typeof err !== 'object' || err === null) return String(err);
  const { stack, cause } = err as { stack?: unknown; cause?: unknown };
  const own = typeof stack === 'string' ? stack : JSON.stringify(err);
  return cause === undefined ? own : `${own}\ncaused by ${describe(cause)}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
