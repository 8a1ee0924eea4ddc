import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import {
  CHAINED_COLUMNS,
  chainHash,
  ChainSeal,
  EMPTY_CHAIN,
  type ChainedFields,
  type ChainEnds,
} from './chain';

/** Any number: it only has to be the same in all replicas. */
const LOCK = 7_462_839_311;

/** The ends of the chain are not as the hub left them. Nothing is added to such a chain. */
export class ChainBrokenError extends Error {
  constructor() {
    super('The ends of the audit chain do not bear the seal of this hub: see npm run audit:verify');
    this.name = 'ChainBrokenError';
  }
}

interface EndsRow {
  head_seq: string;
  head_hash: Buffer;
  floor_seq: string;
  floor_hash: Buffer;
  mac: Buffer;
}

/** Gives entries their place. Replicas may try at once: one does, the others find that it is being done. */
@Injectable()
export class AuditChainRepository {
  constructor(
    private readonly database: Database,
    private readonly seal: ChainSeal,
  ) {}

  /** Seconds that the oldest entry without a place has waited; null where none waits. */
  async lagSeconds(): Promise<number | null> {
    const { rows } = await this.database.query<{ lag: number | null }>(
      `SELECT extract(epoch FROM now() - min(time))::float8 AS lag
         FROM audit_entries WHERE seq IS NULL`,
    );
    return rows[0]?.lag ?? null;
  }

  /**
   * @returns how many entries got their place, by outcome; null while another replica is at it
   * @throws ChainBrokenError
   */
  async chainSome(limit: number): Promise<{ done: number; refused: number } | null> {
    return this.database.transaction(async (client) => {
      if (!(await locked(client))) return null;
      const { rows } = await client.query<ChainedFields>(
        `SELECT ${CHAINED_COLUMNS} FROM audit_entries WHERE seq IS NULL ORDER BY id LIMIT $1`,
        [limit],
      );
      if (rows.length === 0) return { done: 0, refused: 0 };
      const ends = await this.ends(client);
      let { headSeq, headHash } = ends;
      const hashes = rows.map((row) => (headHash = chainHash(headHash, (headSeq += 1), row)));
      await client.query(
        `UPDATE audit_entries e SET seq = c.seq, hash = c.hash
           FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS c(id, seq, hash) WHERE e.id = c.id`,
        [rows.map(({ id }) => id), rows.map((_row, n) => ends.headSeq + n + 1), hashes],
      );
      await this.put(client, { ...ends, headSeq, headHash });
      const refused = rows.filter(({ outcome }) => outcome === 'refused').length;
      return { done: rows.length - refused, refused };
    });
  }

  /**
   * Deletes the oldest entries, up to the first that is younger than `days`.
   * @returns how many; null while another replica is at it
   * @throws ChainBrokenError
   */
  async prune(days: number, limit: number): Promise<number | null> {
    return this.database.transaction(async (client) => {
      if (!(await locked(client))) return null;
      const ends = await this.ends(client);
      const { rows } = await client.query<{ seq: string; hash: Buffer }>(
        `SELECT seq, hash FROM (
           SELECT seq, hash, bool_and(time < now() - make_interval(days => $2)) OVER (ORDER BY seq) AS old
             FROM (SELECT seq, hash, time FROM audit_entries WHERE seq > $1 ORDER BY seq LIMIT $3) oldest
         ) judged WHERE old ORDER BY seq DESC LIMIT 1`,
        [ends.floorSeq, days, limit],
      );
      const [last] = rows;
      if (!last) return 0;
      await this.put(client, { ...ends, floorSeq: Number(last.seq), floorHash: last.hash });
      const { rowCount } = await client.query('DELETE FROM audit_entries WHERE seq <= $1', [last.seq]);
      return rowCount ?? 0;
    });
  }

  /**
   * Seals the ends anew, with the key that seals now.
   * @param note puts it on record, in the same transaction
   * @throws ChainBrokenError
   */
  async sealAnew(note: (client: PoolClient) => Promise<void>): Promise<void> {
    await this.database.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      await this.put(client, await this.ends(client));
      await note(client);
    });
  }

  private async ends(client: PoolClient): Promise<ChainEnds> {
    const found = await readEnds(client);
    if (!found) {
      // A head that was deleted must not pass for a chain that has not begun.
      const { rows } = await client.query('SELECT FROM audit_entries WHERE seq IS NOT NULL LIMIT 1');
      if (rows.length > 0) throw new ChainBrokenError();
      return EMPTY_CHAIN;
    }
    if (!this.seal.holds(found.ends, found.mac)) throw new ChainBrokenError();
    return found.ends;
  }

  private async put(client: PoolClient, ends: ChainEnds): Promise<void> {
    await client.query(
      `INSERT INTO audit_chain (head_seq, head_hash, floor_seq, floor_hash, mac) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO UPDATE SET head_seq = excluded.head_seq, head_hash = excluded.head_hash,
         floor_seq = excluded.floor_seq, floor_hash = excluded.floor_hash, mac = excluded.mac`,
      [ends.headSeq, ends.headHash, ends.floorSeq, ends.floorHash, this.seal.of(ends)],
    );
  }
}

/** For whoever reads the chain in a transaction of their own; undefined while there is none. */
export async function readEnds(client: PoolClient): Promise<{ ends: ChainEnds; mac: Buffer } | undefined> {
  const { rows } = await client.query<EndsRow>(
    'SELECT head_seq, head_hash, floor_seq, floor_hash, mac FROM audit_chain',
  );
  const [row] = rows;
  return (
    row && {
      ends: {
        headSeq: Number(row.head_seq),
        headHash: row.head_hash,
        floorSeq: Number(row.floor_seq),
        floorHash: row.floor_hash,
      },
      mac: row.mac,
    }
  );
}

async function locked(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [
    LOCK,
  ]);
  return rows[0]?.locked === true;
}
