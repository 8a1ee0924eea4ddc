import type { TokenAlgorithm } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { encryptionKeys, type Config } from '@signalbox/config';
import { SecretBox } from '@signalbox/security';
import type { Logger } from 'pino';
import { AuditEntriesRepository } from '../audit/audit-entries.repository';
import { AuditTrail } from '../audit/audit-trail';
import { authDatabase } from '../database';
import { sealedFor } from './sealed-for';
import { makeKey } from './signing-key';
import { SigningKeysRepository } from './signing-keys.repository';

/**
 * Makes the key that signs tokens from now on. Those before it stay good for what they have signed, so nobody is signed out.
 * Every api-key-auth sees it within ten seconds, without a restart.
 * @param algorithm that of the key before it unless given
 * @throws DomainError DATABASE_UNAVAILABLE; ConfigError without `ENCRYPTION_KEY`; SecretBoxError when it is not that of the hub
 */
export async function rotateSigningKey(
  config: Config,
  log: Logger,
  algorithm?: TokenAlgorithm,
): Promise<{ kid: string; algorithm: TokenAlgorithm }> {
  const box = new SecretBox(...encryptionKeys(config));
  const database = await Database.open(authDatabase, config, log);
  try {
    const keys = new SigningKeysRepository(database);
    const [newest] = await keys.all();
    // What was sealed with another key than the hub has would keep it from starting again.
    if (newest) box.open(newest.sealed, sealedFor(newest.id));
    const key = makeKey(algorithm ?? newest?.algorithm ?? 'HS256');
    const audit = new AuditTrail(new AuditEntriesRepository(database));
    await keys.insert(
      { id: key.kid, algorithm: key.algorithm, sealed: box.seal(key.text, sealedFor(key.kid)) },
      (client) =>
        audit.note(client, {
          action: 'signing-keys.rotate',
          resourceId: key.kid,
          before: newest ? { kid: newest.id, algorithm: newest.algorithm } : null,
          after: { kid: key.kid, algorithm: key.algorithm },
        }),
    );
    return { kid: key.kid, algorithm: key.algorithm };
  } finally {
    await database.close();
  }
}
