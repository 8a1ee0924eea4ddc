import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An event type that an admin registered; the built-in ones are in the contracts. */
@Entity({ name: 'event_types' })
export class EventTypeEntity {
  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('jsonb', { nullable: true })
  schema!: Record<string, unknown> | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
