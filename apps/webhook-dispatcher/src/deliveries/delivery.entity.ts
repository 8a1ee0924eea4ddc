import type { DeliveryStatus } from '@signalbox/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One event on its way to one webhook. The row is the outbox: written with the event, found by the sweeper
 * for as long as it is `pending`, whoever was meant to send it.
 */
@Entity({ name: 'deliveries' })
@Index('deliveries_webhook', ['webhookId', 'id'])
@Index('deliveries_due', ['webhookId', 'nextAttemptAt'], {
  where: "status = 'pending' AND claimed_by IS NULL",
})
@Index('deliveries_claimed', ['claimedBy'], { where: 'claimed_by IS NOT NULL' })
export class DeliveryEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'webhook_id' })
  webhookId!: string;

  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  @Column('text', { name: 'event_type' })
  eventType!: string;

  @Column('text')
  status!: DeliveryStatus;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** `attempts` when the present round of retries began: a retry by hand begins a new one. */
  @Column('integer', { name: 'round_start', default: 0 })
  roundStart!: number;

  @Column({ type: 'timestamptz', name: 'next_attempt_at', precision: 3, nullable: true })
  nextAttemptAt!: Date | null;

  /** The dispatcher that holds it in memory. */
  @Column('uuid', { name: 'claimed_by', nullable: true })
  claimedBy!: string | null;

  @Column('integer', { name: 'status_code', nullable: true })
  statusCode!: number | null;

  @Column('integer', { name: 'duration_ms', nullable: true })
  durationMs!: number | null;

  @Column('text', { nullable: true })
  error!: string | null;

  /** Sent to try the endpoint: on record like any other, and sent again only when it is named. */
  @Column('boolean', { name: 'is_test', default: false })
  isTest!: boolean;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}

/** One try of one delivery: what was sent and what came back. */
@Entity({ name: 'attempts' })
export class AttemptEntity {
  @PrimaryColumn('uuid', { name: 'delivery_id' })
  deliveryId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('integer')
  number!: number;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3 })
  startedAt!: Date;

  @Column('integer', { name: 'duration_ms' })
  durationMs!: number;

  @Column('text', { name: 'request_url' })
  requestUrl!: string;

  /** JSON text, secrets masked. */
  @Column('json', { name: 'request_headers' })
  requestHeaders!: Record<string, string>;

  @Column('integer', { name: 'status_code', nullable: true })
  statusCode!: number | null;

  @Column('json', { name: 'response_headers' })
  responseHeaders!: Record<string, string>;

  @Column('text', { name: 'response_body', nullable: true })
  responseBody!: string | null;

  @Column('boolean', { name: 'response_truncated' })
  responseTruncated!: boolean;

  @Column('text', { nullable: true })
  error!: string | null;
}

/** A running dispatcher; claims of one that is not seen any more are released. */
@Entity({ name: 'dispatchers' })
export class DispatcherEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column({ type: 'timestamptz', name: 'seen_at', precision: 3, default: () => 'now()' })
  seenAt!: Date;
}
