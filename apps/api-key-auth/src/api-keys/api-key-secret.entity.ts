import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ApiKeyEntity } from './api-key.entity';

/** What proves a key, as a keyed hash. There are several of one key while those it was rotated out of live on. */
@Entity({ name: 'api_key_secrets' })
export class ApiKeySecretEntity {
  /** HMAC-SHA256 in base64url. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'api_key_secrets_pk' })
  hash!: string;

  /** Name of the pepper it was made with. */
  @Index('api_key_secrets_pepper')
  @Column({ type: 'text' })
  pepper!: string;

  @Index('api_key_secrets_key')
  @ForeignKey(() => ApiKeyEntity, { name: 'api_key_secrets_key_fk', onDelete: 'CASCADE' })
  @Column({ name: 'key_id', type: 'uuid' })
  keyId!: string;

  /** Null for the one in use; the others were rotated out. */
  @Index('api_key_secrets_end')
  @Column({ name: 'ends_at', type: 'timestamptz', precision: 3, nullable: true })
  endsAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date;
}
