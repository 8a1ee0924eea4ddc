import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import {
  type AuditAction,
  INBOUND_ENDPOINTS_LISTED,
  type HookWish,
  type InboundEndpointFilter,
  type InboundRule,
} from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { type EntityManager, QueryFailedError, Repository } from 'typeorm';
import { hookEvents, releaseHooks, touchHooks, wantHook } from '../../hooks/hook-changes.repository';
import { IntegrationEntity } from '../../integrations/integration.entity';
import { auditedEndpoint } from './endpoint.view';
import { InboundEndpointEntity } from './inbound-endpoint.entity';

const UNIQUE_VIOLATION = '23505';

/** An endpoint as intake needs it. */
export interface ReceivingRow {
  readonly id: string;
  readonly integration_id: string;
  readonly provider: string;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_until: Date | null;
  readonly verify_signature: boolean;
  readonly signature_header: string;
  readonly allowed_ips: string[];
  readonly rate_limit: number | null;
}

/** One of a provider, with what its integration is set up with, still sealed. */
export interface ReceivingRowOfProvider extends ReceivingRow {
  readonly version: number;
  readonly data_key: string;
  readonly configuration: string;
}

/** An endpoint that is switched on, of an integration that nobody has switched off. */
const COLUMNS = `e.id, e.integration_id, i.provider, e.secret, e.previous_secret, e.previous_until, e.verify_signature,
  e.signature_header, e.allowed_ips, e.rate_limit`;
const OF_INTEGRATIONS = 'inbound_endpoints e JOIN integrations i ON i.id = e.integration_id';
const RECEIVING = `e.is_active AND i.status <> 'INACTIVE'`;

@Injectable()
export class EndpointsRepository {
  constructor(
    @InjectRepository(InboundEndpointEntity) private readonly rows: Repository<InboundEndpointEntity>,
    private readonly database: Database,
    private readonly audit: AuditOutbox,
  ) {}

  /** Undefined where there is no such integration. */
  async ownerOf(
    integrationId: string,
  ): Promise<{ readonly project_id: string | null; readonly provider: string } | undefined> {
    const { rows } = await this.database.query<{ project_id: string | null; provider: string }>(
      `SELECT project_id, provider FROM integrations WHERE id = $1`,
      [integrationId],
    );
    return rows[0];
  }

  /** With the integration that it belongs to. */
  find(id: string): Promise<InboundEndpointEntity | null> {
    return this.rows.findOne({ where: { id }, relations: { integration: true } });
  }

  /** @param visibleProjects null for all */
  list(
    filter: InboundEndpointFilter,
    visibleProjects: readonly string[] | null,
  ): Promise<InboundEndpointEntity[]> {
    const found = this.rows
      .createQueryBuilder('e')
      .innerJoin(IntegrationEntity, 'i', 'i.id = e.integrationId')
      .orderBy('e.id')
      .limit(INBOUND_ENDPOINTS_LISTED);
    const { integration_id: integration, active } = filter;
    if (integration !== undefined) found.andWhere('e.integrationId = :integration', { integration });
    if (active !== undefined) found.andWhere('e.isActive = :active', { active });
    if (visibleProjects !== null)
      found.andWhere('i.projectId = ANY (:visible)', { visible: visibleProjects });
    return found.getMany();
  }

  /** `there`: the id is there already. `taken`: the path is another's. */
  insert(
    endpoint: InboundEndpointEntity,
    register: HookWish | null,
  ): Promise<'inserted' | 'there' | 'taken'> {
    const { id, path } = endpoint;
    return this.rows.manager.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(InboundEndpointEntity)
        .values(endpoint)
        .orIgnore()
        .returning('id')
        .execute();
      if ((inserted.raw as unknown[]).length === 0)
        return (await isTaken(manager, path, id)) ? 'taken' : 'there';
      if (register) await wantHook(manager, hookOf(endpoint), register.events);
      await this.note(manager, 'inbound-endpoints.create', null, {
        endpoint,
        events: register?.events ?? null,
      });
      return 'inserted';
    });
  }

  /**
   * A hook at the provider follows. `changed`: somebody changed or removed it since it was `before`.
   * @param register what becomes of the hook: undefined for what it was, null for no hook
   */
  async update(
    before: InboundEndpointEntity,
    changes: Partial<InboundEndpointEntity>,
    action: AuditAction,
    register?: HookWish | null,
  ): Promise<InboundEndpointEntity | 'changed' | 'taken'> {
    // A change of the master key seals the secret anew and leaves the version: what was read before would be stored under the older key.
    const { id, version, secret } = before;
    const anotherSecret = changes.secret !== undefined;
    try {
      return await this.rows.manager.transaction(async (manager) => {
        const { affected } = await manager.update(
          InboundEndpointEntity,
          { id, version, secret },
          { ...changes, version: version + 1, updatedAt: new Date() },
        );
        if (affected !== 1) return 'changed';
        const after = await manager.findOneByOrFail(InboundEndpointEntity, { id });
        const were = await hookEvents(manager, id);
        if (register === null) await releaseHooks(manager, { endpointId: id });
        else if (register) await wantHook(manager, hookOf(after), register.events, anotherSecret);
        else await touchHooks(manager, { endpointId: id }, anotherSecret);
        const are = register === undefined ? were : (register?.events ?? null);
        await this.note(
          manager,
          action,
          { endpoint: before, events: were },
          { endpoint: after, events: are },
        );
        return after;
      });
    } catch (error) {
      if (changes.path !== undefined && isUniqueViolation(error)) return 'taken';
      throw error;
    }
  }

  /** What it received goes with it, in the background: see retention. So does a hook at the provider. */
  async remove(before: InboundEndpointEntity): Promise<void> {
    await this.rows.manager.transaction(async (manager) => {
      const { affected } = await manager.delete(InboundEndpointEntity, { id: before.id });
      if (affected !== 1) return;
      const events = await hookEvents(manager, before.id);
      await releaseHooks(manager, { endpointId: before.id });
      await this.note(manager, 'inbound-endpoints.delete', { endpoint: before, events }, null);
    });
  }

  async receivingAt(path: string): Promise<ReceivingRow | undefined> {
    const { rows } = await this.database.query<ReceivingRow>(
      {
        name: 'inbound-endpoint',
        text: `SELECT ${COLUMNS} FROM ${OF_INTEGRATIONS} WHERE ${RECEIVING} AND e.path = $1`,
      },
      [path],
    );
    return rows[0];
  }

  /** Those that verify, newest first. @param id of an endpoint or an integration; null for any */
  async receivingFrom(provider: string, id: string | null, most: number): Promise<ReceivingRowOfProvider[]> {
    const { rows } = await this.database.query<ReceivingRowOfProvider>(
      `SELECT ${COLUMNS}, v.version, v.data_key, v.configuration
       FROM ${OF_INTEGRATIONS} JOIN integration_versions v ON v.integration_id = i.id AND v.version = i.version
       WHERE ${RECEIVING} AND e.verify_signature AND i.provider = $1 AND ($2::uuid IS NULL OR e.id = $2 OR i.id = $2)
       ORDER BY e.id DESC LIMIT $3`,
      [provider, id, most],
    );
    return rows;
  }

  /** What to do with events, by endpoint; nothing of one that is gone. */
  async rulesOf(ids: readonly string[]): Promise<Map<string, EndpointRules>> {
    const { rows } = await this.database.query<EndpointRules & { id: string }>(
      `SELECT e.id, e.integration_id, i.project_id, e.rules
       FROM inbound_endpoints e JOIN integrations i ON i.id = e.integration_id WHERE e.id = ANY ($1::uuid[])`,
      [ids],
    );
    return new Map(rows.map(({ id, ...rules }) => [id, rules]));
  }

  private async note(
    manager: EntityManager,
    action: AuditAction,
    before: Audited | null,
    after: Audited | null,
  ): Promise<void> {
    await this.audit.note(manager, {
      action,
      resourceId: (after ?? before)?.endpoint.id ?? '',
      before: before && auditedEndpoint(before.endpoint, before.events),
      after: after && auditedEndpoint(after.endpoint, after.events),
    });
  }
}

async function isTaken(manager: EntityManager, path: string, id: string): Promise<boolean> {
  const other = await manager.findOneBy(InboundEndpointEntity, { path });
  return other !== null && other.id !== id;
}

interface Audited {
  readonly endpoint: InboundEndpointEntity;
  /** That a hook is wanted for; null where none is. */
  readonly events: readonly string[] | null;
}

const hookOf = ({ id, integrationId }: InboundEndpointEntity) => ({ endpointId: id, integrationId });

function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof QueryFailedError && (error.driverError as { code?: string }).code === UNIQUE_VIOLATION
  );
}

export interface EndpointRules {
  readonly integration_id: string;
  readonly project_id: string | null;
  readonly rules: readonly InboundRule[];
}
