import type { Pool, PoolClient } from 'pg';

/** Runs `work` with a connection of the pool, which is closed where `work` rejects: nobody else is to find it in the middle of something. */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
