import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

@Entity({ name: 'idempotency_records' })
@Unique('idempotency_records_key_unique', ['scope', 'key'])
@Check(
  'idempotency_records_response_whole',
  '(status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL)',
)
export class IdempotencyRecordEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idempotency_records_pk' })
  id!: string;

  /** SHA-256 of the scope: a path has no bound that an index could live with. */
  @Column({ type: 'text' })
  scope!: string;

  @Column({ type: 'text' })
  key!: string;

  @Column({ type: 'text' })
  digest!: string;

  /** Who holds the claim: made anew by each that wins it. */
  @Column({ type: 'uuid' })
  holder!: string;

  @Column({ name: 'claimed_at', type: 'timestamptz', precision: 3 })
  claimedAt!: Date;

  /** The response, once there is one: until then the request is running. */
  @Column({ type: 'smallint', nullable: true })
  status!: number | null;

  @Column({ type: 'jsonb', nullable: true })
  headers!: Record<string, string> | null;

  @Column({ type: 'text', nullable: true })
  body!: string | null;

  @Index('idempotency_records_age')
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
