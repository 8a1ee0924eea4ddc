import { Injectable } from '@nestjs/common';
import type { TokenAlgorithm } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';

export interface StoredKey {
  readonly id: string;
  readonly algorithm: TokenAlgorithm;
  readonly sealed: string;
  readonly createdAt: Date;
}

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async all(): Promise<StoredKey[]> {
    const { rows } = await this.database.query<StoredKey>(
      'SELECT id, algorithm, sealed, created_at AS "createdAt" FROM signing_keys ORDER BY created_at DESC, id',
    );
    return rows;
  }

  /** @param note puts it on record, in the same transaction */
  insert(
    { id, algorithm, sealed }: Omit<StoredKey, 'createdAt'>,
    note: (client: PoolClient) => Promise<void>,
  ): Promise<void> {
    return this.database.transaction(async (client) => {
      await client.query('INSERT INTO signing_keys (id, algorithm, sealed) VALUES ($1, $2, $3)', [
        id,
        algorithm,
        sealed,
      ]);
      await note(client);
    });
  }

  /** Deletes keys whose successor has been signing for so long, and tells how many. */
  async deleteRetired(seconds: number): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM signing_keys old USING signing_keys newer
        WHERE newer.created_at > old.created_at AND newer.created_at < now() - make_interval(secs => $1)`,
      [seconds],
    );
    return rowCount ?? 0;
  }
}
