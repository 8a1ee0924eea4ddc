import { Injectable } from '@nestjs/common';
import {
  DomainError,
  INBOUND_ASKING,
  INBOUND_PATH,
  type InboundAnswer,
  inboundOperations,
  type InboundTarget,
} from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limitHeaders, secondsUntilReset } from '../limits/limit-headers';
import { Limiter, OwnLimiter, type Verdict } from '../limits/limiter';
import { type LimitedRequest, ofAddress } from '../limits/policies';
import { type Door, Doors } from './doors';

/** From the last byte of the request: Slack takes a delivery for lost after three seconds. */
const ANSWER_MS = 2_500;
/**
 * What one address may do in vain a minute: ask for paths that are nobody's and were not known to be, and send one endpoint what proves
 * nothing. More than it may send to any such path, since whoever does too much of it is kept from real endpoints as well, and providers
 * send all their customers' from the same addresses.
 */
const IN_VAIN = 300;
const IN_VAIN_MS = 60_000;
const NO_BODY = Buffer.alloc(0);
/** When a provider may try again what could not be stored. */
const AGAIN_SECONDS = 5;

export type StoredDelivery = Extract<InboundAnswer, { event_id: string }>;

/**
 * Passes deliveries of providers on. Whatever else is slow, it answers within `ANSWER_MS`; what is not known to be stored is answered 503,
 * so that the provider sends it again.
 */
@Injectable()
export class Intake {
  /** Until then somebody may have come too often in vain: most of the time nobody has, and nobody is looked for. */
  private lookUntil = -Infinity;

  constructor(
    private readonly rpc: RpcClient,
    private readonly doors: Doors,
    private readonly limiter: Limiter,
    private readonly ownLimiter: OwnLimiter,
  ) {}

  /** @returns undefined where the provider has been answered already, with a handshake */
  async receiveAt(
    path: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StoredDelivery | undefined> {
    const until = Date.now() + ANSWER_MS;
    const door = INBOUND_PATH.test(path) ? await this.doorAt(path, request, reply) : null;
    if (door === null) {
      const sender = ofAddress(request.ip);
      const place = INBOUND_PATH.test(path) ? `${sender} ${path}` : sender;
      tell(await this.limiter.admit(limited(request, place)), reply);
      throw DomainError.notFound('inbound_endpoint');
    }
    const { endpointId, rateLimit } = door;
    const stranger = (limit: number | null) =>
      limited(request, `${ofAddress(request.ip)} endpoint:${endpointId}`, limit);
    if (!door.admits(request.ip)) {
      tell(await this.limiter.admit(stranger(null)), reply);
      throw new DomainError({ code: 'FORBIDDEN', messageKey: 'address_refused' });
    }
    const deliver = () => this.receive({ path }, request, reply, until - Date.now());
    if (INBOUND_ASKING.has(request.method)) {
      tell(await this.inVain(stranger(IN_VAIN)), reply);
      return await deliver();
    }
    if (performance.now() < this.lookUntil) tell(await this.ownLimiter.look(stranger(IN_VAIN)), reply);
    const delivered = limited(request, `endpoint:${endpointId}`, rateLimit);
    tell(await this.limiter.admit(delivered), reply);
    try {
      return await deliver();
    } catch (error) {
      // A stranger must not use up what is the provider's.
      if (error instanceof DomainError && error.code === 'UNAUTHENTICATED') {
        this.limiter.giveBack(delivered);
        await this.inVain(stranger(IN_VAIN));
      }
      throw error;
    }
  }

  /** The same at the common address of a provider. */
  async receiveFrom(
    provider: string,
    id: string | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StoredDelivery | undefined> {
    return await this.receive({ provider, id }, request, reply, ANSWER_MS);
  }

  /** @throws DomainError `RATE_LIMITED` before anybody is asked, where the address has asked for too many that there are not */
  private async doorAt(path: string, request: FastifyRequest, reply: FastifyReply): Promise<Door | null> {
    const lookups = this.doors.knows(path)
      ? null
      : limited(request, `lookups:${ofAddress(request.ip)}`, IN_VAIN);
    if (lookups !== null) tell(await this.limiter.look(lookups), reply);
    const door = await inTime(() => this.doors.at(path, ANSWER_MS));
    if (door === null && lookups !== null) await this.limiter.admit(lookups);
    return door;
  }

  private inVain(request: LimitedRequest): Verdict | Promise<Verdict> {
    this.lookUntil = performance.now() + IN_VAIN_MS;
    return this.ownLimiter.admit(request);
  }

  private async receive(
    target: InboundTarget,
    request: FastifyRequest,
    reply: FastifyReply,
    deadlineMs: number,
  ): Promise<StoredDelivery | undefined> {
    const { hub, raw, method } = request;
    const input = {
      target,
      method,
      url: hub.publicOrigin() + hub.url,
      headers: raw.rawHeaders,
      body: hub.rawBody ?? NO_BODY,
    };
    const answer = await inTime(() =>
      this.rpc.call(inboundOperations.receive, input, { deadlineMs: Math.max(1, deadlineMs) }),
    );
    if (answer.outcome !== 'handshake') return answer;
    hub.enveloped = true;
    reply.code(answer.status).headers(answer.headers);
    await reply.send(answer.body);
    return undefined;
  }
}

/** @param limit a minute; null for the published one */
function limited(
  { method, ip, hub }: FastifyRequest,
  key: string,
  limit: number | null = null,
): LimitedRequest {
  return {
    method,
    address: ip,
    kind: 'receive',
    surface: hub.surface.name,
    principal: undefined,
    receive: { key, limit },
  };
}

/** @throws DomainError `RATE_LIMITED` */
function tell(verdict: Verdict, reply: FastifyReply): void {
  reply.headers(limitHeaders(verdict));
  const { allowed, resetMs } = verdict.usage;
  if (!allowed) throw new DomainError({ code: 'RATE_LIMITED', retryAfter: secondsUntilReset(resetMs) });
}

/** Whatever was late or away: try again. */
async function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    switch (error.code) {
      case 'DEADLINE_EXCEEDED':
      case 'SERVICE_UNAVAILABLE':
        throw new DomainError({ code: 'SERVICE_UNAVAILABLE', retryAfter: AGAIN_SECONDS }, { cause: error });
      case 'DATABASE_UNAVAILABLE':
        throw new DomainError({ code: 'DATABASE_UNAVAILABLE', retryAfter: AGAIN_SECONDS }, { cause: error });
      default:
        throw error;
    }
  }
}
