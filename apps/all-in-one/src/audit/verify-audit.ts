import { parseArgs } from 'node:util';
import { createLogger, type Logger } from '@signalbox/observability';
import { failStart, StartError } from '@signalbox/rpc';
import { verifyAuditChain, type ChainReport } from '../../../api-key-auth/src/audit/audit-verify.repository';
import { environmentOf, withDatabase } from '../stored-hub';

const PLACE = /^(\d{1,15}):([0-9a-f]{64})$/;

/**
 * `npm run audit:verify [-- --expect <seq>:<hash>]`: whether every entry of the audit log is what it was, in the hub of `DATABASE_URL`
 * or of the data folder, whether it runs or not. Ends with 0 where it is and with 1 where it is not, naming the first entry.
 */
export async function runAuditVerification(env: NodeJS.ProcessEnv, args: string[]): Promise<void> {
  let log: Logger | undefined;
  try {
    const expected = expectedOf(args);
    const { config, postgresPassword } = await environmentOf(env);
    log = createLogger({ ...config, LOG_LEVEL: 'warn' }, 'audit');
    const report = await withDatabase(config, postgresPassword, log, (reached, logger) =>
      verifyAuditChain(reached, logger, expected),
    );
    process.stdout.write(`${sentences(report)}\n`);
    if (report.broken !== null) process.exitCode = 1;
  } catch (error) {
    failStart(error, log);
  }
}

function expectedOf(args: string[]): { seq: number; hash: string } | undefined {
  let given: string | undefined;
  try {
    given = parseArgs({ args, options: { expect: { type: 'string' } } }).values.expect;
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
  if (given === undefined) return undefined;
  const [, seq, hash = ''] = PLACE.exec(given) ?? [];
  if (seq === undefined) throw new StartError('--expect is <seq>:<hash>, as this command prints it.');
  return { seq: Number(seq), hash };
}

function sentences({ broken, checked, head, floor, waiting }: ChainReport): string {
  if (broken !== null)
    return `The audit log is BROKEN: ${broken}. The ${checked} entries before it are what they were.`;
  return [
    `The audit log is intact: ${checked} entries are what they were.`,
    ...(floor > 0 ? [`The ${floor} entries before them were deleted when their time was over.`] : []),
    ...(waiting > 0 ? [`${waiting} entries have no place in the chain yet.`] : []),
    `It ends with ${head.seq}:${head.hash}`,
  ].join('\n');
}
