import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError, type StoredResponse } from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestAuthenticator } from '../access/authenticator';
import { authorize } from '../access/authorize';
import type { Identity } from '../access/credential.strategy';
import type { Idempotency } from '../idempotency/idempotency';
import { limitHeaders, secondsUntilReset } from '../limits/limit-headers';
import type { LimitKind } from '../limits/limit-kind';
import type { Limiter, Verdict } from '../limits/limiter';
import type { UsageRecorder } from '../usage/usage-recorder';
import { NO_CONTENT, Paged } from '../surfaces/answers';
import { ROUTE_FACTS } from '../surfaces/route-facts';
import type { AddressLists } from './address-lists';
import { forgetBadType } from './any-body';
import type { Failures } from './failures';
import { RequestState } from './request-state';
import { securityHeaders, type Headers } from './security-headers';
import type { Telemetry } from './telemetry';
import { answerUnreadable } from './unreadable';

export interface PipelineParts {
  readonly authenticator: RequestAuthenticator;
  readonly addresses: AddressLists;
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly limiter: Limiter;
  readonly idempotency: Idempotency;
  readonly failures: Failures;
  readonly telemetry: Telemetry;
  readonly usage: UsageRecorder;
  /** How the outside reaches the gateway, without a trailing slash. */
  readonly publicUrl: string | undefined;
}

type Done = (error?: Error) => void;

const TOO_LARGE = 413;

/**
 * What happens to every request around its controller, in order: who is calling, how often, whether he may, the
 * idempotency key, the envelope. Hooks rather than guards and interceptors, because it must happen even where no controller
 * is reached, and because they cost a fraction.
 */
export class RequestPipeline {
  private readonly headersByPolicy = new Map<string | undefined, Headers>();

  constructor(private readonly parts: PipelineParts) {}

  install(fastify: FastifyInstance): void {
    fastify.decorateRequest('hub');
    fastify.addHook('onRequest', this.admit);
    fastify.addHook('preHandler', this.enter);
    fastify.addHook('preSerialization', this.wrap);
    fastify.addHook('onSend', this.settle);
    fastify.addHook('onResponse', this.record);
  }

  /** For what is no HTTP request at all. */
  readonly giveUp = async (error: Error, socket: Socket): Promise<void> => {
    const verdict = await this.parts.limiter.admit({
      method: 'GET',
      address: socket.remoteAddress ?? '',
      kind: 'none',
      surface: 'code-review',
      principal: undefined,
    });
    answerUnreadable(error, socket, limitHeaders(verdict));
  };

  /** A request that the router itself refuses passes no hook. */
  readonly refuse = async (
    request: FastifyRequest,
    reply: FastifyReply,
    statusCode: number | undefined,
  ): Promise<void> => {
    Object.defineProperty(request, 'ip', { value: this.parts.clientAddress(request.raw) });
    this.open(request, reply);
    reply.raw.once('close', () => this.parts.telemetry.record(request, reply));
    let refusal: unknown =
      statusCode === 414
        ? DomainError.notFound('route')
        : new DomainError({ code: 'MALFORMED_BODY', messageKey: 'malformed_url' });
    try {
      if (!this.parts.addresses.admit(request.ip)) await this.turnAway(request, reply);
      await this.count(request, reply, undefined, 'standard');
    } catch (error) {
      refusal = error;
    }
    this.parts.failures.answer(refusal, request, reply);
  };

  private readonly admit = (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    this.open(request, reply);
    forgetBadType(request);
    this.check(request, reply).then(() => done(), done);
  };

  private readonly enter = (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    if (!this.parts.idempotency.applies(request)) {
      CallScope.run(request.hub.callContext(), done);
      return;
    }
    this.parts.idempotency.claim(request).then((kept) => {
      if (kept) this.replay(kept, request, reply);
      else CallScope.run(request.hub.callContext(), done);
    }, done);
  };

  private readonly wrap = (
    { hub }: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: Error | null, payload?: unknown) => void,
  ): void => {
    if (hub.enveloped || !hub.facts) return done(null, payload);
    const { envelope } = hub.surface;
    if (payload === NO_CONTENT) {
      reply
        .code(204)
        .removeHeader('content-type')
        .serializer(() => '');
      return done(null, payload);
    }
    if (payload instanceof Paged) return done(null, envelope.page(payload.page, payload.listName, hub));
    done(null, envelope.success(payload, hub));
  };

  private readonly settle = (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: Error | null, payload?: unknown) => void,
  ): void => {
    // Fastify would hang up on a body that is too large, and the caller, still sending, might never read why. So the rest
    // is read and dropped, for as long as any request may take to arrive.
    if (reply.statusCode === TOO_LARGE) reply.removeHeader('connection');
    if (request.hub.claim === undefined) return done(null, payload);
    void this.parts.idempotency.settle(request, reply, payload).then(() => done(null, payload));
  };

  private readonly record = (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    this.parts.telemetry.record(request, reply);
    done();
  };

  private open(request: FastifyRequest, reply: FastifyReply): void {
    // Fastify makes them anew each time.
    const { config, url } = request.routeOptions;
    const facts = config[ROUTE_FACTS];
    request.hub = new RequestState(request, url, facts, this.parts.publicUrl);
    this.parts.usage.watch(request, reply);
    reply.header('x-request-id', request.id);
    reply.headers(this.headersFor(facts?.contentSecurityPolicy));
  }

  private headersFor(policy: string | undefined): Headers {
    const known = this.headersByPolicy.get(policy) ?? securityHeaders(policy);
    this.headersByPolicy.set(policy, known);
    return known;
  }

  /** Limits come before refusals, so that guessing credentials is limited too. */
  private async check(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!this.parts.addresses.admit(request.ip)) await this.turnAway(request, reply);
    const { facts } = request.hub;
    const looked = facts !== undefined && facts.access.credential !== 'none';
    let identity: Identity | undefined;
    let refusal: Error | undefined;
    if (looked) {
      try {
        identity = await this.parts.authenticator.identify(request, reply);
      } catch (error) {
        refusal = error as Error;
      }
    } else {
      identity = this.parts.authenticator.glimpse(request);
    }
    request.hub.caller = identity?.principal;
    const counted = this.count(request, reply, identity);
    if (counted) await counted;
    if (refusal) throw refusal;
    // Before its body is read: what nobody takes cannot be wrong.
    if (request.is404) throw DomainError.notFound('route');
    if (!looked) return;
    request.hub.principal = identity?.principal;
    request.hub.user = identity?.user;
    authorize(facts.access, identity?.principal);
  }

  /** Counted nowhere: whoever may not call at all uses nothing up. */
  private async turnAway(request: FastifyRequest, reply: FastifyReply): Promise<never> {
    await this.count(request, reply, undefined, 'none');
    throw new DomainError({ code: 'FORBIDDEN', messageKey: 'address_refused' });
  }

  /** @throws DomainError `RATE_LIMITED`; as a rejection where the count is kept elsewhere */
  private count(
    { hub, method, ip, is404 }: FastifyRequest,
    reply: FastifyReply,
    identity: Identity | undefined,
    // Routes of no surface are the hub's own: health, the files of a page.
    kind: LimitKind = hub.facts?.limit ?? (is404 ? 'standard' : 'none'),
  ): void | Promise<void> {
    const verdict = this.parts.limiter.admit({
      method,
      address: ip,
      kind,
      surface: hub.surface.name,
      principal: identity?.principal,
    });
    return verdict instanceof Promise ? verdict.then((v) => tell(v, reply)) : tell(verdict, reply);
  }

  private replay(
    { status, headers, body }: StoredResponse,
    { hub }: FastifyRequest,
    reply: FastifyReply,
  ): void {
    hub.enveloped = true;
    void reply.code(status).headers(headers).header('idempotent-replayed', 'true').send(body);
  }
}

function tell(verdict: Verdict, reply: FastifyReply): void {
  reply.headers(limitHeaders(verdict));
  if (verdict.usage.allowed) return;
  throw new DomainError({ code: 'RATE_LIMITED', retryAfter: secondsUntilReset(verdict.usage.resetMs) });
}
