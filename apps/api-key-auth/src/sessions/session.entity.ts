import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../users/user.entity';

/** One sign-in and the chain of tokens that came from it. An ended session has no row. */
@Entity({ name: 'sessions' })
export class SessionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'sessions_pk' })
  id!: string;

  @Index('sessions_user')
  @ForeignKey(() => UserEntity, { name: 'sessions_user_fk', onDelete: 'CASCADE' })
  @Column({ name: 'user_id', type: 'uuid' })
  userId!: string;

  /** `jti` of the refresh token that may be used next. */
  @Column({ name: 'token_id', type: 'uuid' })
  tokenId!: string;

  /** `jti` of the refresh token that was used last, and a digest of the client that used it. */
  @Column({ name: 'spent_token_id', type: 'uuid', nullable: true })
  spentTokenId!: string | null;

  @Column({ name: 'spent_by', type: 'text', nullable: true })
  spentBy!: string | null;

  /** When the pair that is valid now was made. */
  @Column({ name: 'issued_at', type: 'timestamptz', precision: 3 })
  issuedAt!: Date;

  @Index('sessions_expiry')
  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
