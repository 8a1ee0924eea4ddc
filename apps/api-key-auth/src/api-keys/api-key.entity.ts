import type { Scope } from '@signalbox/contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ name: 'api_keys' })
@Check('api_keys_scopes_known', `scopes <@ ARRAY['read', 'write', 'admin', 'webhook']`)
@Index('api_keys_age', ['createdAt'])
@Index('api_keys_expiry', ['expiresAt'])
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'api_keys_pk' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** Of the newest of its secrets. */
  @Column({ name: 'key_prefix', type: 'text' })
  keyPrefix!: string;

  @Column({ type: 'text', array: true })
  scopes!: Scope[];

  @Column({ name: 'project_ids', type: 'text', array: true, nullable: true })
  projectIds!: string[] | null;

  @Column({ name: 'allowed_ips', type: 'text', array: true })
  allowedIps!: string[];

  @Column({ name: 'rate_limit', type: 'integer' })
  rateLimit!: number;

  @Column({ name: 'is_active', type: 'boolean' })
  isActive!: boolean;

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'last_used_at', type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  @Column({ name: 'rotated_at', type: 'timestamptz', precision: 3, nullable: true })
  rotatedAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  /** Id of the event that tells of its expiry: chosen before it is published, so that publishing twice is one event. */
  @Column({ name: 'expiring_event_id', type: 'uuid', nullable: true })
  expiringEventId!: string | null;

  @Column({ name: 'expiring_told', type: 'boolean', default: false })
  expiringTold!: boolean;

  @Column({ name: 'created_by', type: 'text' })
  createdBy!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
