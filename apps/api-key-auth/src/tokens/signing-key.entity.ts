import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { TokenAlgorithm } from '@signalbox/contracts';

/** A key that signed tokens after `JWT_SECRET` did; the newest one signs. */
@Entity({ name: 'signing_keys' })
@Check('signing_keys_algorithm_known', `algorithm IN ('HS256', 'ES256')`)
export class SigningKeyEntity {
  /** `kid` of the tokens that it signs. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'signing_keys_pk' })
  id!: string;

  @Column({ type: 'text' })
  algorithm!: TokenAlgorithm;

  /** The private part, sealed for this row. */
  @Column({ type: 'text' })
  sealed!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
