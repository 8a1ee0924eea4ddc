import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** What Nest tells about every module and route it wires: of use only when looking for a mistake in the wiring. */
const WIRING = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

/** Writes what Nest and its `Logger` say as structured lines. */
export class NestPinoLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context as the last text, and before it, for errors, the stack or the error itself. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context =
      typeof rest.at(-1) === 'string' && !isStack(rest.at(-1)) ? String(rest.at(-1)) : undefined;
    const extra = (context === undefined ? rest : rest.slice(0, -1)).filter((item) => item !== undefined);
    const error = [message, ...extra].find((item) => item instanceof Error);
    const stack = extra.find(isStack);
    const fields = {
      ...(context === undefined ? {} : { context }),
      ...(error === undefined ? {} : { err: error }),
      ...(error === undefined && stack !== undefined ? { err: { stack } } : {}),
      ...(typeof message === 'object' && message !== null && !(message instanceof Error)
        ? { details: message }
        : {}),
    };
    const text =
      message instanceof Error
        ? message.message
        : typeof message === 'object'
          ? undefined
          : `${message as string}`;
    const quiet = level === 'info' && context !== undefined && WIRING.has(context);
    this.logger[quiet ? 'debug' : level](fields, text);
  }
}

function isStack(value: unknown): boolean {
  return typeof value === 'string' && /\n\s+at /.test(value);
}
