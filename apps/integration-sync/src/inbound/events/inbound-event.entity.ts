import type { InboundStatus } from '@signalbox/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A delivery that was received. Its id is a UUIDv7, so the order of ids is the order of arrival. */
@Entity({ name: 'inbound_events' })
@Index('inbound_events_delivery', ['endpointId', 'deliveryId'], {
  unique: true,
  where: 'delivery_id IS NOT NULL',
})
@Index('inbound_events_of', ['endpointId', 'id'])
@Index('inbound_events_failed', ['endpointId', 'id'], { where: `status = 'failed'` })
@Index('inbound_events_due', ['nextAttemptAt'], { where: `status = 'pending'` })
export class InboundEventEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'inbound_events_pk' })
  id!: string;

  /** No foreign key: what is received must not wait for whoever changes the endpoint. */
  @Column('uuid', { name: 'endpoint_id' })
  endpointId!: string;

  /** What a repeated delivery is known by; null where the provider has nothing of the kind. */
  @Column('text', { name: 'delivery_id', nullable: true })
  deliveryId!: string | null;

  /** Id of the connector. */
  @Column('text')
  provider!: string;

  /** Of the first event that it tells of. */
  @Column('text', { name: 'event_type' })
  eventType!: string;

  @Column('text')
  event!: string;

  @Column('text', { nullable: true })
  action!: string | null;

  @Column('integer')
  parts!: number;

  @Column('text')
  method!: string;

  /** Secrets masked. */
  @Column('text')
  url!: string;

  /** Names and values in turn, secrets masked. */
  @Column('json')
  headers!: string[];

  /** As it came, byte for byte. */
  @Column('bytea')
  body!: Buffer;

  @Column('text')
  status!: InboundStatus;

  @Column('text', { nullable: true })
  reason!: string | null;

  /** Since it was received or last replayed. */
  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('integer', { default: 0 })
  replays!: number;

  /** The claim of whoever processes it now. */
  @Column('uuid', { name: 'claimed_by', nullable: true })
  claimedBy!: string | null;

  /** While it is claimed: when the claim lapses. */
  @Column({ type: 'timestamptz', name: 'next_attempt_at', precision: 3, nullable: true })
  nextAttemptAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'received_at', precision: 3 })
  receivedAt!: Date;

  @Column({ type: 'timestamptz', name: 'processed_at', precision: 3, nullable: true })
  processedAt!: Date | null;
}

/** How many events ended in each state: counted as they end, since counting them all takes longer the more there are. */
@Entity({ name: 'inbound_totals' })
export class InboundTotalEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'inbound_totals_pk' })
  status!: string;

  @Column('bigint', { default: 0 })
  events!: string;
}
