import type { InboundRule } from '@signalbox/contracts';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';
import { IntegrationEntity } from '../../integrations/integration.entity';

/** Where a provider sends to. */
@Entity({ name: 'inbound_endpoints' })
@Unique('inbound_endpoints_path', ['path'])
@Index('inbound_endpoints_of', ['integrationId', 'id'])
export class InboundEndpointEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'inbound_endpoints_pk' })
  id!: string;

  @Column('uuid', { name: 'integration_id' })
  integrationId!: string;

  @ManyToOne(() => IntegrationEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'integration_id', foreignKeyConstraintName: 'inbound_endpoints_integration' })
  integration?: Relation<IntegrationEntity>;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  /** Last part of the address. */
  @Column('text')
  path!: string;

  /** Sealed. */
  @Column('text')
  secret!: string;

  /** Sealed: the one before the last rotation. */
  @Column('text', { name: 'previous_secret', nullable: true })
  previousSecret!: string | null;

  /** Until when that one is good. */
  @Column({ type: 'timestamptz', name: 'previous_until', precision: 3, nullable: true })
  previousUntil!: Date | null;

  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;

  @Column('boolean', { name: 'verify_signature' })
  verifySignature!: boolean;

  @Column('text', { name: 'signature_header' })
  signatureHeader!: string;

  @Column('text', { name: 'allowed_ips', array: true })
  allowedIps!: string[];

  /** Deliveries a minute; null for the published limit. */
  @Column('integer', { name: 'rate_limit', nullable: true })
  rateLimit!: number | null;

  @Column('jsonb')
  rules!: InboundRule[];

  /** Grows with every change: who changes it says which one was seen. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}
