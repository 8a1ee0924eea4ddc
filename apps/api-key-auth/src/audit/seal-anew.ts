import { encryptionKeys, type Config } from '@signalbox/config';
import { Database } from '@signalbox/database';
import type { Logger } from 'pino';
import { authDatabase } from '../database';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditEntriesRepository } from './audit-entries.repository';
import { AuditTrail } from './audit-trail';
import { ChainSeal } from './chain';

/**
 * Seals the audit log with the newest master key, and puts on record that so many secrets were sealed anew.
 * @throws DomainError DATABASE_UNAVAILABLE; ChainBrokenError where it bears the seal of none of the keys
 */
export async function sealAuditChainAnew(config: Config, log: Logger, secrets: number): Promise<void> {
  const [current, older] = encryptionKeys(config);
  const database = await Database.open(authDatabase, config, log);
  try {
    const trail = new AuditTrail(new AuditEntriesRepository(database));
    await new AuditChainRepository(database, new ChainSeal(current, ...older)).sealAnew((client) =>
      trail.note(client, {
        action: 'encryption.rotate',
        resourceId: 'master',
        before: null,
        after: { secrets },
      }),
    );
  } finally {
    await database.close();
  }
}
