import { pino, type DestinationStream, type Logger } from 'pino';

/**
 * Writes where `log` writes, without looking for secrets, which takes longer than a small request. Only for lines on a hot path
 * that are made of known, harmless fields.
 */
export function leanLogger(log: Logger): Logger {
  const { streamSym } = pino.symbols;
  const destination = (log as unknown as Readonly<Record<typeof streamSym, DestinationStream>>)[streamSym];
  return pino(
    {
      level: log.level,
      base: log.bindings(),
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

let told = 0;
let asText = '';

/** Formatting the same millisecond again would be a third of a line's cost. */
function isoTime(): string {
  const now = Date.now();
  if (now !== told) {
    told = now;
    asText = `,"time":"${new Date(now).toISOString()}"`;
  }
  return asText;
}
