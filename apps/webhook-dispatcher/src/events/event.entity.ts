import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An accepted event. Its id is a UUIDv7, so the order of ids is the order of acceptance. */
@Entity({ name: 'events' })
export class EventEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  type!: string;

  @Column('text', { name: 'project_id', nullable: true })
  projectId!: string | null;

  /** The body as it is delivered and signed, byte for byte. */
  @Column('text')
  body!: string;

  /** How many webhooks it matched when it was accepted. */
  @Column('integer')
  deliveries!: number;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
