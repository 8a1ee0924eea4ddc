import {
  ANONYMOUS,
  type CallContext,
  type CallOrigin,
  type ErrorCode,
  type Principal,
  type UserView,
} from '@signalbox/contracts';
import { continueTrace } from '@signalbox/observability';
import type { FastifyRequest } from 'fastify';
import { acceptedLanguage } from '../messages/accept-language';
import type { Language } from '../messages/language';
import type { OperationSentence } from '../messages/operation-sentences';
import type { AnswerContext } from '../surfaces/envelopes/envelope';
import type { RouteFacts } from '../surfaces/route-facts';
import { SURFACES, surfaceOfUnknownPath, type Surface } from '../surfaces/surface';

/** Longer than the slowest operation (a test delivery); an operation's own deadline is what usually binds. */
const REQUEST_DEADLINE_MS = 310_000;
const HOST = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** What the gateway knows of a request under way. */
export class RequestState implements AnswerContext {
  readonly startedAt = performance.now();
  readonly surface: Surface;
  principal?: Principal;
  user?: UserView;
  /** Whose credential it was, even where the request was refused. */
  caller?: Principal;
  /** Why it was refused or failed. */
  failure?: ErrorCode;
  /** Bytes of a body that is sent piece by piece. */
  bytesOut?: number;
  /** Exactly what came, before parsing; undefined where there was no body. */
  rawBody?: Buffer;
  /** Claim of this request's `Idempotency-Key`, while it is ours to settle. */
  claim?: string;
  /** The outcome is not known: the operation may have run although it failed for the caller. */
  mayHaveRun = false;
  /** The payload is already what the caller gets (a failure, a replay). */
  enveloped = false;
  private knownTrace?: string;

  constructor(
    private readonly request: FastifyRequest,
    /** The path as it was declared; undefined for unknown ones. */
    readonly route: string | undefined,
    /** Undefined for unknown paths and for routes of no surface. */
    readonly facts: RouteFacts | undefined,
    private readonly publicUrl: string | undefined,
  ) {
    this.surface = facts ? SURFACES[facts.surface] : surfaceOfUnknownPath(this.path);
  }

  /** Path and query; a request to a proxy names its host before them. */
  get url(): string {
    const { url = '/' } = this.request.raw;
    if (url.startsWith('/')) return url;
    const parsed = URL.parse(url);
    return parsed === null ? '/' : parsed.pathname + parsed.search;
  }

  /** As received, without the query. */
  get path(): string {
    const { url } = this;
    const query = url.indexOf('?');
    return query === -1 ? url : url.slice(0, query);
  }

  get says(): OperationSentence {
    return this.facts?.says ?? 'ok';
  }

  get language(): Language {
    return this.languageOf(this.surface);
  }

  /** The language the caller asks for, else the one that `surface` speaks. */
  languageOf(surface: Surface): Language {
    return acceptedLanguage(this.request.headers['accept-language']) ?? surface.language;
  }

  /** W3C `traceparent` of this request's own span. */
  get traceparent(): string {
    const header = this.request.headers.traceparent;
    this.knownTrace ??= continueTrace(typeof header === 'string' ? header : undefined);
    return this.knownTrace;
  }

  publicOrigin(): string {
    if (this.publicUrl !== undefined) return this.publicUrl;
    const { host, protocol } = this.request;
    const origin = `${protocol}://${host}`;
    return HOST.test(host) && URL.canParse(origin) ? origin : `${protocol}://localhost`;
  }

  /** What goes along with every operation of this request. */
  callContext(): CallContext {
    return {
      requestId: this.request.id,
      traceparent: this.traceparent,
      principal: this.principal ?? ANONYMOUS,
      origin: originOf(this.request, this.surface),
      deadline: Date.now() + REQUEST_DEADLINE_MS,
      ...(this.claim !== undefined && { idempotencyId: this.claim }),
    };
  }
}

const MAX_AGENT_LENGTH = 255;

function originOf({ ip, headers }: FastifyRequest, { name }: Surface): CallOrigin {
  return { address: ip, agent: (headers['user-agent'] ?? '').slice(0, MAX_AGENT_LENGTH), surface: name };
}

declare module 'fastify' {
  interface FastifyRequest {
    hub: RequestState;
  }
}
