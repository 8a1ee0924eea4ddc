import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const ID_BYTES = 16;
/** Random bytes to come: asking the system for those of one id at a time costs more than all else about it. */
const pool = new Uint8Array(256 * ID_BYTES);
let used = pool.length;
/** Of the last id: its millisecond, and its number within it, which starts anywhere in the lower half. */
let msecs = 0;
let seq = 0;

/** A new id: UUIDv7, so that ids sort by the time they were made (within one process strictly). */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += ID_BYTES));
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    seq = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
  } else {
    seq += 1;
  }
  return v7({ msecs, seq, random });
}

/**
 * SQL for a migration: `uuidv7()` in `schema`, for ids made by the server. PostgreSQL 18 has its own, which an
 * unqualified call finds first; before 18 the one made here is found through the search path.
 */
export function createUuidV7Function(schema: string): string {
  return `CREATE OR REPLACE FUNCTION "${schema}".uuidv7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $uuid$
    SELECT encode(
      set_bit(set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
          FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid
  $uuid$`;
}

/** Lower than every id made at `time` or later, higher than those made before (to the millisecond). */
export function idFloor(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}
