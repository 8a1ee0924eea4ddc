import type { ClientErrorPolicy } from '@signalbox/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A subscription: which events go to which endpoint, and how. */
@Entity({ name: 'webhooks' })
@Index('webhooks_project', ['projectId', 'id'])
@Index('webhooks_events', { synchronize: false })
export class WebhookEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'project_id', nullable: true })
  projectId!: string | null;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text')
  url!: string;

  /** Event types and patterns (`task.*`, `*`). */
  @Column('text', { array: true })
  events!: string[];

  /** Sealed JSON object. */
  @Column('text')
  headers!: string;

  /** Sealed. */
  @Column('text')
  secret!: string;

  @Column('boolean', { name: 'is_active' })
  isActive!: boolean;

  @Column('text', { name: 'disabled_reason', nullable: true })
  disabledReason!: string | null;

  @Column('integer', { name: 'max_retries' })
  maxRetries!: number;

  @Column('integer', { name: 'retry_delay' })
  retryDelay!: number;

  @Column('text', { name: 'on_client_error' })
  onClientError!: ClientErrorPolicy;

  @Column('integer', { name: 'timeout_seconds' })
  timeoutSeconds!: number;

  /** Grows with every change: tells a cached copy from a current one. */
  @Column('integer', { default: 1 })
  version!: number;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;
}

/** Counters apart from the subscription, so that counting never rewrites or locks it. */
@Entity({ name: 'webhook_stats' })
export class WebhookStatsEntity {
  @PrimaryColumn('uuid', { name: 'webhook_id' })
  webhookId!: string;

  @Column('bigint', { name: 'success_count', default: 0 })
  successCount!: string;

  @Column('bigint', { name: 'failure_count', default: 0 })
  failureCount!: string;

  @Column({ type: 'timestamptz', name: 'last_triggered_at', precision: 3, nullable: true })
  lastTriggeredAt!: Date | null;
}
