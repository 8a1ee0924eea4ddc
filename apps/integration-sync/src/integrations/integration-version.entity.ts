import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { IntegrationEntity } from './integration.entity';

/** What an integration was set up with from one change to the next. */
@Entity({ name: 'integration_versions' })
export class IntegrationVersionEntity {
  @PrimaryColumn('uuid', { name: 'integration_id', primaryKeyConstraintName: 'integration_versions_pk' })
  integrationId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'integration_versions_pk' })
  version!: number;

  @ManyToOne(() => IntegrationEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'integration_id', foreignKeyConstraintName: 'integration_versions_integration' })
  integration?: Relation<IntegrationEntity>;

  /** The key of this row, sealed with the master key. */
  @Column('text', { name: 'data_key' })
  dataKey!: string;

  /** JSON object, sealed with the key of this row: it may hold secrets too. */
  @Column('text')
  configuration!: string;

  /** JSON object, sealed with the key of this row. */
  @Column('text')
  credentials!: string;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
