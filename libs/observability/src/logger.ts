import { DECLARATION, type Config, type Variable } from '@signalbox/config';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { CallScope } from './call-scope';
import { LineBatches } from './line-batches';
import { readableLine } from './readable';
import { REDACTED, scrub, scrubText } from './scrub';
import { traceIdOf } from './trace';

export type { Logger } from 'pino';

/** Lines that wait for a slow reader; beyond it they are dropped rather than kept in memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Written at a time: as much as a pipe takes at once. */
const WRITE_BYTES = 64 * 1024;
/** Just below that. */
const BATCH_LENGTH = 60 * 1024;
/** Shorter secrets are too likely to be a word that appears by itself. */
const MIN_LITERAL_LENGTH = 12;

/** Customers' data: never logged, whoever hands it in. */
const NEVER_LOGGED = ['req.body', 'res.body', 'request.body', 'response.body', 'event.data'];

const SECRET_VARIABLES = Object.entries(DECLARATION as Record<string, Variable>)
  .filter(([, variable]) => variable.secret)
  .map(([name]) => name);

let stdout: DestinationStream | undefined;

/** Every logger of a process shares one destination, so that lines never mix. */
function standardOutput(): DestinationStream {
  stdout ??= process.stdout.isTTY
    ? { write: (line) => void process.stdout.write(readableLine(line)) }
    : batchedStandardOutput();
  return stdout;
}

function batchedStandardOutput(): LineBatches {
  const output = pino.destination({
    fd: 1,
    sync: false,
    maxLength: MAX_WAITING_BYTES,
    maxWrite: WRITE_BYTES,
  });
  const batches = new LineBatches(output, BATCH_LENGTH);
  // Before pino's own listener, which writes what the output holds.
  process.prependListener('exit', () => batches.flushSync());
  return batches;
}

/**
 * A logger that writes one JSON line an entry (in a terminal: readable lines). Request id, trace id and principal id of the
 * call that is being handled are mixed in. Secrets are replaced: by key at any depth, in running text, and
 * wherever a secret of the configuration appears word for word. Written asynchronously; flushed after `fatal` and on exit.
 * @param app becomes the `app` of every line
 */
export function createLogger(
  config: Config,
  app: string,
  destination: DestinationStream = standardOutput(),
): Logger {
  const literals = secretLiterals(config);
  const clean = (value: unknown): unknown => scrub(value, (key) => SECRET_VARIABLES.includes(key));
  const cleanObject = (object: object): Record<string, unknown> => clean(object) as Record<string, unknown>;
  const logger = pino(
    {
      level: config.LOG_LEVEL,
      base: { app, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: NEVER_LOGGED, censor: REDACTED },
      mixin: callFields,
      // `scrub` has made a plain object of it.
      serializers: { err: (err: unknown) => err },
      formatters: {
        level: (label) => ({ level: label }),
        bindings: cleanObject,
        log: cleanObject,
      },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args;
          method.apply(this, [first, ...rest.map(clean)] as typeof args);
        },
        streamWrite: (line) =>
          literals.reduce((done, literal) => done.replaceAll(literal, REDACTED), scrubText(line)),
      },
    },
    destination,
  );
  return cleaningChildren(logger, cleanObject);
}

/** Pino's formatters pass over the bindings of children. Children inherit this method from their parent. */
function cleaningChildren(logger: Logger, cleanObject: (object: object) => Record<string, unknown>): Logger {
  type MakeChild = (this: Logger, bindings: object, options: unknown) => Logger;
  const makeChild = Reflect.get(logger, 'child') as unknown as MakeChild;
  const makeCleanChild: MakeChild = function (bindings, options) {
    return makeChild.call(this, cleanObject(bindings), options);
  };
  Reflect.set(logger, 'child', makeCleanChild);
  return logger;
}

function callFields(): object {
  const call = CallScope.current();
  return call === undefined
    ? {}
    : { requestId: call.requestId, traceId: traceIdOf(call.traceparent), principalId: call.principal.id };
}

/** The secrets of the configuration as they would appear inside a JSON line. */
function secretLiterals(config: Config): string[] {
  return SECRET_VARIABLES.flatMap((name) => (config as Readonly<Record<string, unknown>>)[name] ?? [])
    .filter((value): value is string => typeof value === 'string' && value.length >= MIN_LITERAL_LENGTH)
    .map((value) => JSON.stringify(value).slice(1, -1));
}
