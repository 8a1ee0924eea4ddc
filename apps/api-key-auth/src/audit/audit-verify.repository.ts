import { encryptionKeys, type Config } from '@signalbox/config';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import type { Logger } from 'pino';
import { authDatabase } from '../database';
import { readEnds } from './audit-chain.repository';
import { CHAINED_COLUMNS, ChainSeal, EMPTY_CHAIN } from './chain';
import { ChainCheck, type ChainRow, type KnownPlace } from './chain-check';

const BATCH = 2_000;

export interface ChainReport {
  /** What is wrong, with the first entry where it is; null for nothing. */
  readonly broken: string | null;
  /** Entries that were looked at. */
  readonly checked: number;
  /** The end of the chain as the database has it. */
  readonly head: KnownPlace;
  /** Entries up to this one were deleted when their time was over. */
  readonly floor: number;
  /** Entries that have no place in the chain yet. */
  readonly waiting: number;
}

/**
 * Looks at every entry of the audit log, as it is at one moment, a batch in memory at a time. The hub may be running.
 * @throws DomainError DATABASE_UNAVAILABLE; ConfigError without `ENCRYPTION_KEY`
 */
export async function verifyAuditChain(
  config: Config,
  log: Logger,
  expected: KnownPlace | undefined,
): Promise<ChainReport> {
  const [current, older] = encryptionKeys(config);
  const seal = new ChainSeal(current, ...older);
  const database = await Database.open(authDatabase, config, log);
  try {
    return await database.transaction(async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return check(client, seal, expected);
    });
  } finally {
    await database.close();
  }
}

async function check(
  client: PoolClient,
  seal: ChainSeal,
  expected: KnownPlace | undefined,
): Promise<ChainReport> {
  const found = await readEnds(client);
  const ends = found?.ends ?? EMPTY_CHAIN;
  const walk = new ChainCheck(ends, expected);
  let checked = 0;
  let broken: string | null = null;
  for await (const row of entriesAbove(client, ends.floorSeq)) {
    broken = walk.next(row);
    if (broken !== null) break;
    checked += 1;
  }
  broken ??= walk.end();
  if (broken === null && found && !seal.holds(ends, found.mac))
    broken = 'the ends of the chain do not bear the seal of this hub: all of it may have been made anew';
  const { rows } = await client.query<{ waiting: number }>(
    'SELECT count(*)::integer AS waiting FROM audit_entries WHERE seq IS NULL',
  );
  return {
    broken,
    checked,
    head: { seq: ends.headSeq, hash: ends.headHash.toString('hex') },
    floor: ends.floorSeq,
    waiting: rows[0]?.waiting ?? 0,
  };
}

async function* entriesAbove(client: PoolClient, floor: number): AsyncGenerator<ChainRow> {
  for (let after = floor; ;) {
    const { rows } = await client.query<Omit<ChainRow, 'seq'> & { seq: string }>({
      name: 'audit-verify',
      text: `SELECT ${CHAINED_COLUMNS}, seq, hash FROM audit_entries WHERE seq > $1 ORDER BY seq LIMIT ${BATCH}`,
      values: [after],
    });
    for (const row of rows) yield { ...row, seq: (after = Number(row.seq)) };
    if (rows.length < BATCH) return;
  }
}
