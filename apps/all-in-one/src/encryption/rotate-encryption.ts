import { encryptionKeys } from '@signalbox/config';
import { Database, expectKeysOfHub, resealAll } from '@signalbox/database';
import { createLogger, type Logger } from '@signalbox/observability';
import { failStart } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import { sealAuditChainAnew } from '../../../api-key-auth/src/audit/seal-anew';
import { DATABASES } from '../databases';
import { environmentOf, withDatabase } from '../stored-hub';

/**
 * `npm run encryption:rotate`: seals everything that is stored with the newest of `ENCRYPTION_KEYS`, in the hub of `DATABASE_URL` or of
 * the data folder, whether it runs or not. What is done stays done when it is interrupted; run again, it does the rest.
 */
export async function runReencryption(env: NodeJS.ProcessEnv): Promise<void> {
  let log: Logger | undefined;
  try {
    const { config, postgresPassword } = await environmentOf(env);
    log = createLogger({ ...config, LOG_LEVEL: 'warn' }, 'encryption');
    const box = new SecretBox(...encryptionKeys(config));
    const done = await withDatabase(config, postgresPassword, log, async (reached, logger) => {
      let secrets = 0;
      for (const declared of DATABASES) {
        const database = await Database.open(declared, reached, logger);
        try {
          await expectKeysOfHub(database, declared, box);
          secrets += await resealAll(database, declared, box);
        } finally {
          await database.close();
        }
      }
      await sealAuditChainAnew(reached, logger, secrets);
      return secrets;
    });
    process.stdout.write(
      `${done} stored secrets were sealed with another key than the newest, and no longer are: older keys can be taken away.\n`,
    );
  } catch (error) {
    failStart(error, log);
  }
}
