import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** An entry as the database has it. `before` and `after` are the JSON text that is stored, of which not a blank may change. */
export interface ChainedFields {
  readonly id: string;
  readonly time: Date;
  readonly action: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly actor_kind: string | null;
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly resource_type: string | null;
  readonly resource_id: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly address: string | null;
  readonly agent: string | null;
  readonly surface: string | null;
  readonly request_id: string | null;
}

/** In SQL what `ChainedFields` says. */
export const CHAINED_COLUMNS = `id, time, action, outcome, reason, actor_kind, actor_id, actor_name, resource_type, resource_id,
  before::text AS before, after::text AS after, address, agent, surface, request_id`;

/** Where the chain begins and ends. What lies below the floor was deleted when its time was over. */
export interface ChainEnds {
  readonly headSeq: number;
  readonly headHash: Buffer;
  readonly floorSeq: number;
  readonly floorHash: Buffer;
}

const HASH_BYTES = 32;
export const EMPTY_CHAIN: ChainEnds = {
  headSeq: 0,
  headHash: Buffer.alloc(HASH_BYTES),
  floorSeq: 0,
  floorHash: Buffer.alloc(HASH_BYTES),
};

/** The hash of an entry at its place: SHA-256 over that of the one before it and every column, as a JSON list. */
export function chainHash(previous: Buffer, seq: number, entry: ChainedFields): Buffer {
  const columns = [
    seq,
    entry.id,
    entry.time.toISOString(),
    entry.action,
    entry.outcome,
    entry.reason,
    entry.actor_kind,
    entry.actor_id,
    entry.actor_name,
    entry.resource_type,
    entry.resource_id,
    entry.before,
    entry.after,
    entry.address,
    entry.agent,
    entry.surface,
    entry.request_id,
  ];
  return createHash('sha256').update(previous).update(JSON.stringify(columns)).digest();
}

/** Seals the ends of the chain, so that whoever can write to the database alone cannot make another chain of it. */
export class ChainSeal {
  private readonly keys: readonly Buffer[];

  /**
   * @param encryptionKeys 32 bytes in base64 each; the keys of the seal are derived from them and used for nothing else. The first one
   *   seals, the others are still known
   */
  constructor(...encryptionKeys: readonly string[]) {
    this.keys = encryptionKeys.map((text) => {
      const secret = Buffer.from(text, 'base64');
      return Buffer.from(hkdfSync('sha256', secret, '', 'signalbox audit chain', HASH_BYTES));
    });
  }

  of(ends: ChainEnds): Buffer {
    const [seal] = this.seals(ends);
    if (!seal) throw new Error('There is no key to seal with');
    return seal;
  }

  holds(ends: ChainEnds, mac: Buffer): boolean {
    return this.seals(ends).some((seal) => mac.length === seal.length && timingSafeEqual(mac, seal));
  }

  private seals({ headSeq, headHash, floorSeq, floorHash }: ChainEnds): Buffer[] {
    const text = JSON.stringify([headSeq, headHash.toString('hex'), floorSeq, floorHash.toString('hex')]);
    return this.keys.map((key) => createHmac('sha256', key).update(text).digest());
  }
}
