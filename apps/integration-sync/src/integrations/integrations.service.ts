import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { connectorFor } from '@signalbox/connectors';
import {
  type CallContext,
  type ConnectionTestView,
  DomainError,
  type IntegrationActivityView,
  type IntegrationChanges,
  type IntegrationFilter,
  type IntegrationInput,
  type IntegrationStatusView,
  type IntegrationVersionView,
  type IntegrationView,
  inboundEndpointsChanged,
  offsetOf,
  type Page,
  type PageRequest,
  type Principal,
  sees,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { Notices } from '@signalbox/rpc';
import { validate as isUuid } from 'uuid';
import { ConnectionTestsService } from './connection-tests.service';
import type { IntegrationVersionEntity } from './integration-version.entity';
import type { IntegrationEntity } from './integration.entity';
import { integrationView, shown, statusView, versionView } from './integration.view';
import { type Change, type Current, IntegrationsRepository } from './integrations.repository';
import { leadsElsewhere, SettingsCheck } from './settings-check';
import { type IntegrationSettings, SettingsVault } from './settings-vault';
import { unmasked } from './unmasked';

/** In one notice. */
const PATHS_TOLD = 1_000;

type OfOne = PageRequest & { readonly id: string };

/** Connected systems, and what they are set up with. */
@Injectable()
export class IntegrationsService {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly vault: SettingsVault,
    private readonly settings: SettingsCheck,
    private readonly tests: ConnectionTestsService,
    private readonly notices: Notices,
  ) {}

  async create(input: IntegrationInput, context: CallContext): Promise<IntegrationView> {
    const projectId = input.project_id ?? null;
    if (!sees(context.principal, projectId)) throw DomainError.notFound('resource');
    const id = context.idempotencyId ?? newId();
    const settings = {
      configuration: unmasked(input.configuration ?? {}, {}, 'configuration'),
      credentials: unmasked(input.credentials ?? {}, {}, 'credentials'),
    };
    const connector = connectorFor({ name: input.name, configuration: settings.configuration });
    this.settings.check(connector, settings);
    const now = new Date();
    const createdBy = context.principal.id;
    const integration: IntegrationEntity = {
      id,
      projectId,
      name: input.name,
      description: input.description ?? null,
      type: input.type,
      provider: connector.id,
      status: 'PENDING',
      environment: input.environment ?? 'production',
      version: 1,
      revision: 1,
      testDueAt: now,
      testedAt: null,
      testConnected: null,
      testMessage: null,
      testAccount: null,
      createdBy,
      createdAt: now,
      updatedAt: now,
    };
    const version = this.version(integration, settings, createdBy, now);
    if (!(await this.integrations.insert(integration, version))) return await this.get(id, context.principal);
    this.tests.wake();
    return integrationView(integration, settings.configuration);
  }

  async list(filter: IntegrationFilter, principal: Principal): Promise<Page<IntegrationView>> {
    const { items, total } = await this.integrations.page(filter, principal.projects);
    return {
      items: items.map((item) => this.show(item)),
      total,
      page: filter.page,
      size: filter.size,
      offset: offsetOf(filter),
    };
  }

  async get(id: string, principal: Principal): Promise<IntegrationView> {
    return this.show(await this.visible(id, principal));
  }

  async update(id: string, changes: IntegrationChanges, principal: Principal): Promise<IntegrationView> {
    const changed =
      isUuid(id) &&
      (await this.integrations.change(id, principal.id, (before) => {
        mustSee(principal, before);
        return this.changed(before, changes, principal);
      }));
    if (!changed) throw DomainError.notFound('integration');
    const { before, after } = changed;
    if (receivesOtherwise(before, after)) this.tell(await this.integrations.pathsOf(id));
    if (after.testDueAt !== null) this.tests.wake();
    const configuration = this.vault.openConfiguration(after.current);
    // Whoever has just given it knows it.
    return integrationView(after, changes.configuration ?? shown(configuration));
  }

  async remove(id: string, principal: Principal): Promise<{ id: string; deleted: true }> {
    const paths = isUuid(id) && (await this.integrations.remove(id, (before) => mustSee(principal, before)));
    if (!paths) throw DomainError.notFound('integration');
    this.tell(paths);
    return { id, deleted: true };
  }

  async test(id: string, principal: Principal): Promise<ConnectionTestView> {
    return await this.tests.testNow(await this.visible(id, principal), principal.id);
  }

  async status(id: string, principal: Principal): Promise<IntegrationStatusView> {
    const integration = await this.visible(id, principal);
    return statusView(integration, shown(this.vault.openConfiguration(integration.current)));
  }

  async versions({ id, ...request }: OfOne, principal: Principal): Promise<Page<IntegrationVersionView>> {
    await this.visible(id, principal);
    const { items, total } = await this.integrations.versionsOf(id, request);
    return {
      ...request,
      items: items.map((row) => versionView(row, shown(this.vault.openConfiguration(row)))),
      total,
    };
  }

  async activities({ id, ...request }: OfOne, principal: Principal): Promise<Page<IntegrationActivityView>> {
    await this.visible(id, principal);
    const { items, total } = await this.integrations.activitiesOf(id, request);
    return {
      ...request,
      items: items.map(({ createdAt, integrationId: _known, ...activity }) => ({
        ...activity,
        created_at: createdAt.toISOString(),
      })),
      total,
    };
  }

  /** @throws DomainError NOT_FOUND also for what the caller may not see */
  private async visible(id: string, principal: Principal): Promise<Current> {
    const integration = isUuid(id) ? await this.integrations.find(id) : null;
    if (integration === null) throw DomainError.notFound('integration');
    mustSee(principal, integration);
    return integration;
  }

  private changed(before: Current, changes: IntegrationChanges, principal: Principal): Change {
    if (changes.project_id !== undefined && !sees(principal, changes.project_id))
      throw DomainError.notFound('resource');
    const were = this.vault.open(before.current);
    const configuration =
      changes.configuration && unmasked(changes.configuration, were.configuration, 'configuration');
    // Or whoever may change the address could have the credentials sent to himself.
    const known = leadsElsewhere(were.configuration, configuration ?? {}) ? {} : were.credentials;
    if (changes.credentials === undefined && !isDeepStrictEqual(known, were.credentials))
      throw DomainError.invalid({ field: 'credentials', key: 'credentials_again' });
    const given: Partial<IntegrationSettings> = {
      configuration,
      credentials: changes.credentials && unmasked(changes.credentials, known, 'credentials'),
    };
    const are = {
      configuration: given.configuration ?? were.configuration,
      credentials: given.credentials ?? were.credentials,
    };
    const name = changes.name ?? before.name;
    const connector = connectorFor({ name, configuration: are.configuration });
    this.settings.check(connector, given);
    const renewed = !isDeepStrictEqual(were, are);
    const version = before.version + (renewed ? 1 : 0);
    const now = new Date();
    return {
      integration: {
        name,
        projectId: changes.project_id === undefined ? before.projectId : changes.project_id,
        description: changes.description === undefined ? before.description : changes.description,
        environment: changes.environment ?? before.environment,
        status: changes.status ?? before.status,
        provider: connector.id,
        version,
        ...((renewed || connector.id !== before.provider) && { testDueAt: now }),
      },
      ...(renewed && { version: this.version({ id: before.id, version }, are, principal.id, now) }),
    };
  }

  /** Whoever knows those endpoints looks again. */
  private tell(paths: readonly string[]): void {
    for (let i = 0; i < paths.length; i += PATHS_TOLD)
      this.notices.tell(inboundEndpointsChanged, { paths: paths.slice(i, i + PATHS_TOLD) });
  }

  private version(
    { id: integrationId, version }: Pick<IntegrationEntity, 'id' | 'version'>,
    settings: IntegrationSettings,
    createdBy: string,
    createdAt: Date,
  ): IntegrationVersionEntity {
    const row = { integrationId, version };
    return { ...row, ...this.vault.seal(row, settings), createdBy, createdAt };
  }

  private show(integration: Current): IntegrationView {
    return integrationView(integration, shown(this.vault.openConfiguration(integration.current)));
  }
}

/** Whether what comes for it is taken, of which repository, and how it is read. */
function receivesOtherwise(before: IntegrationEntity, after: IntegrationEntity): boolean {
  const [was, is] = [before, after].map(({ status }) => status === 'INACTIVE');
  return was !== is || before.provider !== after.provider || before.version !== after.version;
}

/** @throws DomainError NOT_FOUND for what the caller may not see */
function mustSee(principal: Principal, integration: IntegrationEntity): void {
  if (!sees(principal, integration.projectId)) throw DomainError.notFound('integration');
}
