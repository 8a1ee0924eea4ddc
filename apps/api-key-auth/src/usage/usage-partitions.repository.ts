import { Injectable } from '@nestjs/common';
import { Database } from '@signalbox/database';
import type { PoolClient } from 'pg';
import { DAY_MS, dayOf } from './usage-days';

const LOCK = 7_462_839_301;
const NAME = /^usage_logs_(\d{4})(\d\d)(\d\d)$/;
/** Whoever reads meanwhile must not wait behind us for long; the next round tries again. */
const LOCK_WITHIN = '3s';

/** The days of `usage_logs`: a partition each, so that a day goes by dropping it. */
@Injectable()
export class UsagePartitionsRepository {
  constructor(private readonly database: Database) {}

  /** Makes what is missing of the days from one time to another, both included. */
  async ensure(from: number, to: number): Promise<void> {
    const wanted: number[] = [];
    for (let day = dayOf(from); day <= to; day += DAY_MS) wanted.push(day);
    await this.alone(async (client) => {
      const there = new Set(await days(client));
      for (const day of wanted.filter((each) => !there.has(each))) {
        await client.query(
          `CREATE TABLE ${nameOf(day)} PARTITION OF usage_logs
           FOR VALUES FROM ('${new Date(day).toISOString()}') TO ('${new Date(day + DAY_MS).toISOString()}')`,
        );
      }
    });
  }

  /** Drops the days before `floor` and tells how many those were. */
  async dropBefore(floor: number): Promise<number> {
    return await this.alone(async (client) => {
      const old = (await days(client)).filter((day) => day < floor);
      for (const day of old) await client.query(`DROP TABLE ${nameOf(day)}`);
      return old.length;
    });
  }

  private alone<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.database.transaction(async (client) => {
      await client.query(`SET LOCAL lock_timeout = '${LOCK_WITHIN}'`);
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      return await work(client);
    });
  }
}

async function days(client: PoolClient): Promise<number[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'usage_logs'::regclass`,
  );
  return rows.flatMap(({ name }) => {
    const [, year, month, day] = NAME.exec(name) ?? [];
    return year === undefined ? [] : [Date.UTC(Number(year), Number(month) - 1, Number(day))];
  });
}

function nameOf(day: number): string {
  return `usage_logs_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
