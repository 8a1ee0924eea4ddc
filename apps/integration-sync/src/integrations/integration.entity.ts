import type { IntegrationEnvironment, IntegrationStatus, IntegrationType } from '@signalbox/contracts';
import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import type { IntegrationVersionEntity } from './integration-version.entity';

/** A connected system. What it is set up with is in its versions. */
@Entity({ name: 'integrations' })
@Index('integrations_project', ['projectId', 'id'])
@Index('integrations_type', ['type', 'id'])
@Index('integrations_test_due', ['testDueAt'], { where: 'test_due_at IS NOT NULL' })
export class IntegrationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'integrations_pk' })
  id!: string;

  @Column('text', { name: 'project_id', nullable: true })
  projectId!: string | null;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text')
  type!: IntegrationType;

  /** Id of the connector. */
  @Column('text')
  provider!: string;

  @Column('text')
  status!: IntegrationStatus;

  @Column('text')
  environment!: IntegrationEnvironment;

  /** Of configuration and credentials. */
  @Column('integer', { default: 1 })
  version!: number;

  /** Grows with every change, a test's result among them: who changes it says which one was seen. */
  @Column('integer', { default: 1 })
  revision!: number;

  /** When the connection is to be tested next, by whoever comes first. */
  @Column({ type: 'timestamptz', name: 'test_due_at', precision: 3, nullable: true })
  testDueAt!: Date | null;

  /** When the test began that found what is kept here. */
  @Column({ type: 'timestamptz', name: 'tested_at', precision: 3, nullable: true })
  testedAt!: Date | null;

  /** Null before it was tested. */
  @Column('boolean', { name: 'test_connected', nullable: true })
  testConnected!: boolean | null;

  @Column('text', { name: 'test_message', nullable: true })
  testMessage!: string | null;

  /** Whose credentials they are, as the provider says. */
  @Column('jsonb', { name: 'test_account', nullable: true })
  testAccount!: Record<string, string> | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /** The version that is in force, where it was read along. */
  current?: Relation<IntegrationVersionEntity>;
}
