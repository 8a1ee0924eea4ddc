import { Injectable } from '@nestjs/common';
import {
  type CallContext,
  DEFAULT_RULES,
  DomainError,
  type InboundEndpointChanges,
  type InboundEndpointFilter,
  type InboundEndpointInput,
  type InboundEndpointView,
  inboundEndpointsChanged,
  type Principal,
  sees,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { Notices } from '@signalbox/rpc';
import { generateWebhookSecret, randomToken, SecretBox } from '@signalbox/security';
import { HookCheck } from '../../hooks/hook-check';
import { HooksRepository } from '../../hooks/hooks.repository';
import { HooksService } from '../../hooks/hooks.service';
import { KnownEndpoints } from '../intake/known-endpoints';
import { validate as isUuid } from 'uuid';
import { endpointView } from './endpoint.view';
import { EndpointsRepository } from './endpoints.repository';
import type { InboundEndpointEntity } from './inbound-endpoint.entity';
import { RuleTypes } from './rule-types';
import { sealSecret } from './sealing';

/** As published. */
const DEFAULT_HEADER = 'webhook-signature';
/** Nobody guesses it. */
const PATH_BYTES = 18;

/** Where providers send to. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly hooks: HooksRepository,
    private readonly hookCheck: HookCheck,
    private readonly hookWork: HooksService,
    private readonly known: KnownEndpoints,
    private readonly ruleTypes: RuleTypes,
    private readonly box: SecretBox,
    private readonly notices: Notices,
  ) {}

  async create(input: InboundEndpointInput, context: CallContext): Promise<InboundEndpointView> {
    const { principal } = context;
    const integrationId = input.integration_id;
    const owner = isUuid(integrationId) ? await this.endpoints.ownerOf(integrationId) : undefined;
    if (owner === undefined || !sees(principal, owner.project_id)) throw DomainError.notFound('integration');
    await this.ruleTypes.check(input.rules ?? []);
    const register = input.register ?? null;
    const otherwise = (register && this.hookCheck.ownHeader(owner.provider)) ?? DEFAULT_HEADER;
    const id = context.idempotencyId ?? newId();
    const now = new Date();
    const endpoint: InboundEndpointEntity = {
      id,
      integrationId,
      name: input.name,
      description: input.description ?? null,
      path: input.path ?? randomToken(PATH_BYTES),
      secret: sealSecret(this.box, id, input.secret ?? generateWebhookSecret()),
      previousSecret: null,
      previousUntil: null,
      isActive: input.active ?? true,
      verifySignature: input.verify_signature ?? true,
      signatureHeader: input.signature_header ?? otherwise,
      allowedIps: [...new Set(input.allowed_ips ?? [])],
      rateLimit: input.rate_limit ?? null,
      rules: [...(input.rules ?? DEFAULT_RULES)],
      version: 1,
      createdBy: principal.id,
      createdAt: now,
      updatedAt: now,
    };
    if (register)
      await this.hookCheck.check(integrationId, { ...verification(endpoint), secret: input.secret });
    const made = await this.endpoints.insert(endpoint, register);
    if (made === 'taken') throw pathTaken();
    if (made === 'there') return await this.get(id, principal);
    this.tell(endpoint);
    return await this.show(endpoint);
  }

  async list(filter: InboundEndpointFilter, principal: Principal): Promise<readonly InboundEndpointView[]> {
    if (filter.integration_id !== undefined && !isUuid(filter.integration_id)) return [];
    const found = await this.endpoints.list(filter, principal.projects);
    const hooks = await this.hooks.of(found.map(({ id }) => id));
    return found.map((endpoint) => endpointView(endpoint, hooks.get(endpoint.id)));
  }

  async get(id: string, principal: Principal): Promise<InboundEndpointView> {
    return await this.show(await this.visible(id, principal));
  }

  async update(
    id: string,
    changes: InboundEndpointChanges,
    principal: Principal,
  ): Promise<InboundEndpointView> {
    const before = await this.visible(id, principal);
    await this.ruleTypes.check(changes.rules ?? []);
    const patch: Partial<InboundEndpointEntity> = defined({
      name: changes.name,
      description: changes.description,
      path: changes.path,
      isActive: changes.active,
      verifySignature: changes.verify_signature,
      signatureHeader: changes.signature_header ?? this.headerWith(before, changes),
      allowedIps: changes.allowed_ips && [...new Set(changes.allowed_ips)],
      rateLimit: changes.rate_limit,
      rules: changes.rules && [...changes.rules],
      ...(changes.secret !== undefined && this.replaced(before, changes.secret, changes.overlap_seconds)),
    });
    await this.checkHook(before, { ...before, ...patch }, changes);
    const after = await this.endpoints.update(before, patch, 'inbound-endpoints.update', changes.register);
    if (after === 'taken') throw pathTaken();
    // Somebody else's change came first: this one is made on top of theirs.
    if (after === 'changed') return await this.update(id, changes, principal);
    this.tell(before, after);
    return await this.show(after);
  }

  async remove(id: string, principal: Principal): Promise<{ id: string; deleted: true }> {
    const before = await this.visible(id, principal);
    await this.endpoints.remove(before);
    this.tell(before);
    return { id, deleted: true };
  }

  async rotateSecret(
    id: string,
    overlapSeconds: number | undefined,
    principal: Principal,
  ): Promise<{ secret: string }> {
    const before = await this.visible(id, principal);
    if (this.hookCheck.makesSecret(providerOf(before)) && (await this.hooks.of([id])).has(id)) {
      throw DomainError.conflict('inbound_endpoint', 'hook_secret_of_provider');
    }
    const secret = generateWebhookSecret();
    const patch = this.replaced(before, secret, overlapSeconds);
    const after = await this.endpoints.update(before, patch, 'inbound-endpoints.rotate-secret');
    if (typeof after === 'string') return await this.rotateSecret(id, overlapSeconds, principal);
    this.tell(after);
    return { secret };
  }

  /** @throws DomainError NOT_FOUND also for what the caller may not see */
  async visible(id: string, principal: Principal): Promise<InboundEndpointEntity> {
    const endpoint = isUuid(id) ? await this.endpoints.find(id) : null;
    if (endpoint === null || !sees(principal, endpoint.integration?.projectId ?? null)) {
      throw DomainError.notFound('inbound_endpoint');
    }
    return endpoint;
  }

  /** @throws DomainError VALIDATION_FAILED where the provider's hook could not be, or not be received, as it would be then */
  private async checkHook(
    before: InboundEndpointEntity,
    after: InboundEndpointEntity,
    { register, secret }: InboundEndpointChanges,
  ): Promise<void> {
    if (register) {
      await this.hookCheck.check(after.integrationId, { ...verification(after), secret });
      return;
    }
    if (register === null || !(await this.hooks.of([after.id])).has(after.id)) return;
    this.hookCheck.checkHeader(providerOf(before), verification(after));
    if (secret !== undefined && this.hookCheck.makesSecret(providerOf(before))) {
      throw DomainError.invalid({ field: 'secret', key: 'hook_secret' });
    }
  }

  /** Whoever asks for a hook need not say how the provider proves what it sends. */
  private headerWith(
    before: InboundEndpointEntity,
    { register }: InboundEndpointChanges,
  ): string | undefined {
    return register && before.signatureHeader === DEFAULT_HEADER
      ? this.hookCheck.ownHeader(providerOf(before))
      : undefined;
  }

  private async show(endpoint: InboundEndpointEntity): Promise<InboundEndpointView> {
    const { id } = endpoint;
    return endpointView(endpoint, (await this.hooks.of([id])).get(id));
  }

  /** The old secret ends at once unless the call asks for an overlap. */
  private replaced(
    before: InboundEndpointEntity,
    secret: string,
    overlapSeconds = 0,
  ): Pick<InboundEndpointEntity, 'secret' | 'previousSecret' | 'previousUntil'> {
    const overlaps = overlapSeconds > 0;
    return {
      secret: sealSecret(this.box, before.id, secret),
      previousSecret: overlaps ? before.secret : null,
      previousUntil: overlaps ? new Date(Date.now() + overlapSeconds * 1000) : null,
    };
  }

  private tell(...states: readonly InboundEndpointEntity[]): void {
    const paths = [...new Set(states.map(({ path }) => path))];
    this.known.forget(...paths);
    this.notices.tell(inboundEndpointsChanged, { paths });
    this.hookWork.wake();
  }
}

const pathTaken = () => DomainError.conflict('inbound_endpoint', 'inbound_path_taken');

const providerOf = ({ integration }: InboundEndpointEntity) => integration?.provider ?? '';

const verification = ({ signatureHeader, verifySignature }: InboundEndpointEntity) => ({
  header: signatureHeader,
  verifies: verifySignature,
});

function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
