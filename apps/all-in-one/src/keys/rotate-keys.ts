import { parseArgs } from 'node:util';
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from '@signalbox/contracts';
import { createLogger, type Logger } from '@signalbox/observability';
import { failStart, StartError } from '@signalbox/rpc';
import { rotateSigningKey } from '../../../api-key-auth/src/tokens/rotate-signing-key';
import { environmentOf, withDatabase } from '../stored-hub';

/**
 * `npm run keys:rotate [-- --algorithm ES256]`: tokens are signed with a new key from now on, in the hub of `DATABASE_URL` or of
 * the data folder, whether it runs or not. Nobody is signed out.
 */
export async function runKeyRotation(env: NodeJS.ProcessEnv, args: string[]): Promise<void> {
  let log: Logger | undefined;
  try {
    const algorithm = algorithmOf(args);
    const { config, postgresPassword } = await environmentOf(env);
    log = createLogger({ ...config, LOG_LEVEL: 'warn' }, 'keys');
    const made = await withDatabase(config, postgresPassword, log, (reached, logger) =>
      rotateSigningKey(reached, logger, algorithm),
    );
    process.stdout.write(
      `Tokens are signed with the key ${made.kid} (${made.algorithm}) from now on; a running hub does so within ten seconds. Sessions go on.\n`,
    );
  } catch (error) {
    failStart(error, log);
  }
}

function algorithmOf(args: string[]): TokenAlgorithm | undefined {
  let given: string | undefined;
  try {
    given = parseArgs({ args, options: { algorithm: { type: 'string' } } }).values.algorithm;
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
  const algorithm = TOKEN_ALGORITHMS.find((known) => known === given);
  if (given !== undefined && !algorithm)
    throw new StartError(`--algorithm is one of ${TOKEN_ALGORITHMS.join(', ')}.`);
  return algorithm;
}
