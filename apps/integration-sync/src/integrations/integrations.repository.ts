import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import { offsetOf, type IntegrationFilter, type PageRequest } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { type EntityManager, LessThanOrEqual, Repository, type SelectQueryBuilder } from 'typeorm';
import { EventOutbox } from '../event-outbox/event-outbox';
import { releaseHooks, touchHooks } from '../hooks/hook-changes.repository';
import { audited } from './audited';
import { IntegrationActivityEntity } from './integration-activity.entity';
import { IntegrationVersionEntity } from './integration-version.entity';
import { IntegrationEntity } from './integration.entity';
import { SettingsVault } from './settings-vault';
import { statusChanged } from './status-changed';

/** Of an integration, the one in force among them. */
const VERSIONS_KEPT = 100;

/** An integration with the version that is in force. */
export type Current = IntegrationEntity & { current: IntegrationVersionEntity };

/** What becomes of an integration. */
export interface Change {
  readonly integration: Partial<IntegrationEntity>;
  /** A new version, where configuration or credentials are others. */
  readonly version?: IntegrationVersionEntity;
}

@Injectable()
export class IntegrationsRepository {
  constructor(
    @InjectRepository(IntegrationEntity) private readonly rows: Repository<IntegrationEntity>,
    @InjectRepository(IntegrationVersionEntity)
    private readonly versions: Repository<IntegrationVersionEntity>,
    @InjectRepository(IntegrationActivityEntity)
    private readonly activities: Repository<IntegrationActivityEntity>,
    private readonly audit: AuditOutbox,
    private readonly events: EventOutbox,
    private readonly vault: SettingsVault,
  ) {}

  find(id: string): Promise<Current | null> {
    return withCurrent(this.rows.createQueryBuilder('i'))
      .where('i.id = :id', { id })
      .getOne() as Promise<Current | null>;
  }

  /** Newest first. @param visibleProjects null for all */
  async page(
    filter: IntegrationFilter,
    visibleProjects: readonly string[] | null,
  ): Promise<{ items: Current[]; total: number }> {
    const found = withCurrent(this.rows.createQueryBuilder('i'))
      .orderBy('i.id', 'DESC')
      .offset(offsetOf(filter))
      .limit(filter.size);
    const { type, status, environment, project_id: project } = filter;
    if (type !== undefined) found.andWhere('i.type = :type', { type });
    if (status !== undefined) found.andWhere('i.status = :status', { status });
    if (environment !== undefined) found.andWhere('i.environment = :environment', { environment });
    if (project !== undefined) found.andWhere('i.projectId = :project', { project });
    if (visibleProjects !== null)
      found.andWhere('i.projectId = ANY (:visible)', { visible: visibleProjects });
    const [items, total] = await found.getManyAndCount();
    return { items: items as Current[], total };
  }

  /** Answers false when the id is there already. */
  insert(integration: IntegrationEntity, version: IntegrationVersionEntity): Promise<boolean> {
    return this.rows.manager.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(IntegrationEntity)
        .values(integration)
        .orIgnore()
        .returning('id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return false;
      await manager.insert(IntegrationVersionEntity, version);
      await record(manager, integration.id, 'created', integration.createdBy, { version: version.version });
      await this.audit.note(manager, {
        action: 'integrations.create',
        resourceId: integration.id,
        before: null,
        after: audited(integration, this.vault.open(version)),
      });
      return true;
    });
  }

  /**
   * @param change is asked while nobody else can change it; what it throws leaves everything as it is
   * @param actor who does it
   * @returns it as it was and is, null where there is none
   */
  change(
    id: string,
    actor: string,
    change: (before: Current) => Change,
  ): Promise<{ before: Current; after: Current } | null> {
    return this.rows.manager.transaction(async (manager) => {
      const before = await locked(manager, id);
      if (before === null) return null;
      const { integration, version } = change(before);
      const changes = { ...integration, revision: before.revision + 1, updatedAt: new Date() };
      const after: Current = { ...before, ...changes, current: version ?? before.current };
      const [was, is] = [before, after].map((one) => audited(one, this.vault.open(one.current)));
      const fields = Object.keys(is ?? {}).filter(
        (name) => JSON.stringify(was?.[name]) !== JSON.stringify(is?.[name]),
      );
      if (fields.length === 0) return { before, after: before };
      if (version) {
        await manager.insert(IntegrationVersionEntity, version);
        await manager.delete(IntegrationVersionEntity, {
          integrationId: id,
          version: LessThanOrEqual(version.version - VERSIONS_KEPT),
        });
      }
      await manager.update(IntegrationEntity, { id }, changes);
      await touchHooks(manager, { integrationId: id });
      await record(manager, id, 'updated', actor, { fields, version: after.version });
      await this.audit.note(manager, {
        action: 'integrations.update',
        resourceId: id,
        before: was ?? null,
        after: is ?? null,
      });
      if (after.status !== before.status)
        await this.events.note(manager, statusChanged(after, before.status, actor));
      return { before, after };
    });
  }

  /**
   * Its versions, activities and endpoints go with it; hooks at the provider are removed afterwards.
   * @param allowed throws where it must not be
   * @returns the paths of its endpoints, null where there is no such integration
   */
  async remove(id: string, allowed: (before: IntegrationEntity) => void): Promise<string[] | null> {
    return this.rows.manager.transaction(async (manager) => {
      const before = await locked(manager, id);
      if (before === null) return null;
      allowed(before);
      // In the order in which others lock them.
      const endpoints: { path: string }[] = await manager.query(
        'SELECT path FROM inbound_endpoints WHERE integration_id = $1 ORDER BY id FOR UPDATE',
        [id],
      );
      await releaseHooks(manager, { integrationId: id });
      await manager.delete(IntegrationEntity, { id });
      await this.audit.note(manager, {
        action: 'integrations.delete',
        resourceId: id,
        before: audited(before, this.vault.open(before.current)),
        after: null,
      });
      return endpoints.map(({ path }) => path);
    });
  }

  /** Of the endpoints that belong to it. */
  async pathsOf(id: string): Promise<string[]> {
    const rows: { path: string }[] = await this.rows.manager.query(
      'SELECT path FROM inbound_endpoints WHERE integration_id = $1',
      [id],
    );
    return rows.map(({ path }) => path);
  }

  async versionsOf(
    id: string,
    request: PageRequest,
  ): Promise<{ items: IntegrationVersionEntity[]; total: number }> {
    const [items, total] = await this.versions.findAndCount({
      where: { integrationId: id },
      order: { version: 'DESC' },
      skip: offsetOf(request),
      take: request.size,
    });
    return { items, total };
  }

  async activitiesOf(
    id: string,
    request: PageRequest,
  ): Promise<{ items: IntegrationActivityEntity[]; total: number }> {
    const [items, total] = await this.activities.findAndCount({
      where: { integrationId: id },
      order: { id: 'DESC' },
      skip: offsetOf(request),
      take: request.size,
    });
    return { items, total };
  }
}

const withCurrent = (query: SelectQueryBuilder<IntegrationEntity>) =>
  query.innerJoinAndMapOne(
    'i.current',
    IntegrationVersionEntity,
    'v',
    'v.integrationId = i.id AND v.version = i.version',
  );

/** Whoever else wants to change it waits. */
export async function locked(manager: EntityManager, id: string): Promise<Current | null> {
  // Apart from its version: whoever had to wait would be given none, since theirs was not there yet when they began.
  const found = await manager.findOne(IntegrationEntity, {
    where: { id },
    lock: { mode: 'pessimistic_write' },
  });
  if (found === null) return null;
  const { version } = found;
  const current = await manager.findOneByOrFail(IntegrationVersionEntity, { integrationId: id, version });
  return { ...found, current };
}

/** Into the activity log. @param details holds no values of settings */
export async function record(
  manager: EntityManager,
  integrationId: string,
  action: IntegrationActivityEntity['action'],
  actor: string,
  details: Record<string, unknown>,
): Promise<void> {
  await manager.insert(IntegrationActivityEntity, {
    id: newId(),
    integrationId,
    action,
    actor,
    details: details as Record<string, never>,
    createdAt: new Date(),
  });
}
