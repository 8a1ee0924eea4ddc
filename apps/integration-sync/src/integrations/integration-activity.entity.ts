import type { IntegrationAction } from '@signalbox/contracts';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { IntegrationEntity } from './integration.entity';

/** Something that was done with an integration. */
@Entity({ name: 'integration_activities' })
@Index('integration_activities_of', ['integrationId', 'id'])
export class IntegrationActivityEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'integration_activities_pk' })
  id!: string;

  @Column('uuid', { name: 'integration_id' })
  integrationId!: string;

  @ManyToOne(() => IntegrationEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'integration_id', foreignKeyConstraintName: 'integration_activities_integration' })
  integration?: Relation<IntegrationEntity>;

  @Column('text')
  action!: IntegrationAction;

  /** Who did it. */
  @Column('text')
  actor!: string;

  /** Never holds values of the configuration or credentials. */
  @Column('jsonb')
  details!: Record<string, unknown>;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
