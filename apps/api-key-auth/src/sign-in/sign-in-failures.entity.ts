import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Sign-ins that failed lately, of an account, from an address, or of the one from the other. */
@Entity({ name: 'sign_in_failures' })
export class SignInFailuresEntity {
  /** A digest of what is counted, so that whatever was typed as a user name is not kept. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'sign_in_failures_pk' })
  key!: string;

  /** A fraction, because time forgives. */
  @Column({ type: 'double precision' })
  failures!: number;

  @Index('sign_in_failures_age')
  @Column({ name: 'last_at', type: 'timestamptz', precision: 3 })
  lastAt!: Date;

  /** No attempt before. */
  @Column({ name: 'wait_until', type: 'timestamptz', precision: 3 })
  waitUntil!: Date;
}
