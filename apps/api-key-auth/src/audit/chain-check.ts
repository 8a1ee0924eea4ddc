import { chainHash, type ChainedFields, type ChainEnds } from './chain';

/** A place in the chain that somebody wrote down. */
export interface KnownPlace {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainRow extends ChainedFields {
  readonly seq: number;
  readonly hash: Buffer;
}

/** Goes along the chain, entry by entry, and says where it breaks first. Keeps nothing of what it has seen. */
export class ChainCheck {
  private seq: number;
  private hash: Buffer;
  private known: boolean;

  /** @param expected what has to be in the chain, or have been its end when it was pruned */
  constructor(
    private readonly ends: ChainEnds,
    private readonly expected: KnownPlace | undefined,
  ) {
    this.seq = ends.floorSeq;
    this.hash = ends.floorHash;
    this.known = expected === undefined || this.isExpected();
  }

  /** @returns what is wrong with the entry, or null */
  next(row: ChainRow): string | null {
    if (row.seq > this.ends.headSeq) return `entry ${row.seq} (${row.id}) lies beyond the end of the chain`;
    const missing = this.seq + 1;
    if (row.seq !== missing) return `entry ${missing} is missing`;
    const hash = chainHash(this.hash, row.seq, row);
    if (!hash.equals(row.hash)) return `entry ${row.seq} (${row.id}) is not what it was, or not where it was`;
    this.seq = row.seq;
    this.hash = hash;
    if (!this.known) this.known = this.isExpected();
    return this.disagrees() ? `entry ${row.seq} (${row.id}) is another one than is expected there` : null;
  }

  /** @returns what is wrong with the chain as a whole, or null: call it after its last entry */
  end(): string | null {
    const { headSeq, headHash } = this.ends;
    if (this.seq < headSeq) return `entry ${this.seq + 1} is missing`;
    if (!this.hash.equals(headHash)) return `entry ${headSeq} is not the one that the chain ends with`;
    if (this.known || this.expected === undefined) return null;
    const { seq } = this.expected;
    if (seq > headSeq) return `entry ${headSeq + 1} is missing: the chain went on to ${seq} before`;
    return seq === this.ends.floorSeq
      ? `entry ${seq}, which was deleted, was another one than is expected there`
      : `entry ${seq} is older than what is kept, so that it cannot be compared`;
  }

  private isExpected(): boolean {
    return this.seq === this.expected?.seq && this.hash.toString('hex') === this.expected.hash;
  }

  private disagrees(): boolean {
    return !this.known && this.seq === this.expected?.seq;
  }
}
