import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A webhook at a provider that the hub sets up for an endpoint, or has to remove. It refers to nothing, because removing it
 * there must outlive what it was for.
 */
@Entity({ name: 'provider_hooks' })
@Index('provider_hooks_wanted', ['endpointId'], { unique: true, where: 'NOT removing' })
@Index('provider_hooks_of', ['integrationId'])
@Index('provider_hooks_at', ['url'])
@Index('provider_hooks_due', ['dueAt'], { where: 'due_at IS NOT NULL' })
export class ProviderHookEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'provider_hooks_pk' })
  id!: string;

  @Column('uuid', { name: 'endpoint_id' })
  endpointId!: string;

  @Column('uuid', { name: 'integration_id' })
  integrationId!: string;

  /** It is not wanted any more: once it is gone there, so is this row. */
  @Column('boolean')
  removing!: boolean;

  /** As the provider names them; none for what it sends without being told. */
  @Column('text', { array: true })
  events!: string[];

  @Column('text')
  status!: 'pending' | 'registered' | 'failed';

  /** Of the provider; null until it is known. */
  @Column('text', { name: 'hook_id', nullable: true })
  hookId!: string | null;

  /**
   * Written before the provider is asked, so that a hook whose id was lost can be found: connector, place and address. The
   * place alone where it waits for room there.
   */
  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text', { nullable: true })
  place!: string | null;

  @Column('text', { nullable: true })
  url!: string | null;

  /** Version of the integration's settings that it was made with, or that say the place where it waits. */
  @Column('integer', { name: 'settings_version', nullable: true })
  settingsVersion!: number | null;

  /** That version, sealed as it was: only once it is to be removed. */
  @Column('text', { name: 'data_key', nullable: true })
  dataKey!: string | null;

  @Column('text', { nullable: true })
  configuration!: string | null;

  @Column('text', { nullable: true })
  credentials!: string | null;

  /** The endpoint has had another secret since the provider was told one. */
  @Column('boolean', { name: 'secret_changed', default: false })
  secretChanged!: boolean;

  /** Grows with every change of what is wanted. */
  @Column('integer', { default: 1 })
  revision!: number;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** Who is at it; until `dueAt`, then it is anybody's. */
  @Column('uuid', { name: 'claimed_by', nullable: true })
  claimedBy!: string | null;

  /** When something is to be done next; null where nothing is. */
  @Column({ type: 'timestamptz', name: 'due_at', precision: 3, nullable: true })
  dueAt!: Date | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}
