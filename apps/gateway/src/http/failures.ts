import { HttpException } from '@nestjs/common';
import { DomainError, ERROR_CODES, type DomainErrorData, type ErrorCode } from '@signalbox/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { CODE_SENTENCES, ERROR_SENTENCES } from '../messages/error-sentences';
import { FIELD_SENTENCES } from '../messages/field-sentences';
import type { Language, Sentence } from '../messages/language';
import { find, say } from '../messages/messages';
import { SURFACE_WORDING, type Wording } from '../messages/surface-wording';
import { publishedCode } from '../surfaces/codes';
import type { Failure } from '../surfaces/envelopes/envelope';
import { SURFACES, type Surface } from '../surfaces/surface';
import type { RefusalRecorder } from '../audit/refusal-recorder';
import type { RouteTable } from './route-table';

/** What Nest and Fastify refuse on their own, by status. */
const BY_STATUS: Readonly<Record<number, DomainErrorData>> = {
  400: { code: 'MALFORMED_BODY' },
  401: { code: 'UNAUTHENTICATED' },
  403: { code: 'FORBIDDEN' },
  404: { code: 'NOT_FOUND', resource: 'route' },
  405: { code: 'METHOD_NOT_ALLOWED' },
  409: { code: 'CONFLICT' },
  413: { code: 'PAYLOAD_TOO_LARGE' },
  // A path segment of that length names nothing.
  414: { code: 'NOT_FOUND', resource: 'route' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE' },
  429: { code: 'RATE_LIMITED' },
  503: { code: 'SERVICE_UNAVAILABLE' },
};

/** A delivery that its provider did not send. Unlike a wrong password it is no slip of anybody. */
const FORGED = 'signature_refused';

/** The operation may have run, although its caller does not hear of it. */
const MAY_HAVE_RUN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DEADLINE_EXCEEDED',
  'SERVICE_UNAVAILABLE',
  'INTERNAL',
]);

/** Answers everything that fails, in the shape of the surface that was asked and in the caller's language. */
export class Failures {
  constructor(
    private readonly routes: RouteTable,
    private readonly log: Logger,
    private readonly refusals: RefusalRecorder,
  ) {}

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    const { hub } = request;
    const { data, surface } = this.judge(error, request, reply);
    this.report(error, data, request);
    if (data.code === 'FORBIDDEN' || data.messageKey === FORGED) this.refusals.note(request, error, data);
    const { status, code } = publishedCode(surface.errors, data.code, data.resource);
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="signalbox"');
    if (data.retryAfter !== undefined) reply.header('retry-after', data.retryAfter);
    hub.enveloped = true;
    hub.failure = data.code;
    hub.mayHaveRun = MAY_HAVE_RUN.has(data.code);
    reply
      .code(status)
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(surface.envelope.failure({ code, ...published(data, surface, hub.languageOf(surface)) }, hub));
  }

  private judge(
    error: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): { data: DomainErrorData; surface: Surface } {
    const { hub } = request;
    const data = dataOf(error);
    const other = data.resource === 'route' ? this.routes.otherMethods(request.method, hub.path) : undefined;
    if (!other) return { data, surface: hub.surface };
    reply.header('allow', other.allow);
    const surface = other.facts ? SURFACES[other.facts.surface] : hub.surface;
    return { data: { code: 'METHOD_NOT_ALLOWED' }, surface };
  }

  private report(error: unknown, { code }: DomainErrorData, { id, hub }: FastifyRequest): void {
    const { log: level } = ERROR_CODES[code];
    if (!this.log.isLevelEnabled(level)) return;
    const where = { requestId: id, traceparent: hub.traceparent, route: hub.route };
    if (level === 'error') this.log.error({ err: error, code, ...where }, 'a request failed');
    else this.log[level]({ code, ...where }, 'a request was refused');
  }
}

function dataOf(error: unknown): DomainErrorData {
  if (error instanceof DomainError) return error.data;
  const status = statusOf(error);
  return (status !== undefined && BY_STATUS[status]) || { code: 'INTERNAL' };
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, statusCode } = error as { name?: unknown; code?: unknown; statusCode?: unknown };
  // A caller who went away while sending the body: Fastify marks Node's own error as a bad request.
  const judged = name === 'FastifyError' || code === 'ECONNRESET';
  return judged && typeof statusCode === 'number' ? statusCode : undefined;
}

/** What `surface` tells of an error, in `language`. */
export function published(
  data: DomainErrorData,
  surface: Surface,
  language: Language,
): Omit<Failure, 'code'> {
  const { codes, fields: ofFields }: Partial<Wording> = SURFACE_WORDING[surface.name] ?? {};
  return {
    message: say(sentenceOf(data, codes), language, data.params),
    fields: (data.fields ?? []).map(({ field, key, params }) => ({
      field,
      message: say(
        { ...(find(FIELD_SENTENCES, key) ?? FIELD_SENTENCES.invalid), ...find(ofFields ?? {}, key) },
        language,
        params,
      ),
    })),
    details: data.details,
    retryAfter: data.code === 'RATE_LIMITED' ? data.retryAfter : undefined,
  };
}

/** The error's own sentence, else that of what was not found, else its code's. */
function sentenceOf(
  { code, messageKey, resource }: DomainErrorData,
  wording: Wording['codes'] | undefined,
): Sentence {
  const own = messageKey === undefined ? undefined : find(ERROR_SENTENCES, messageKey);
  const missing =
    code === 'NOT_FOUND' && resource ? find(ERROR_SENTENCES, `${resource}_not_found`) : undefined;
  return own ?? missing ?? { ...CODE_SENTENCES[code], ...wording?.[code] };
}
