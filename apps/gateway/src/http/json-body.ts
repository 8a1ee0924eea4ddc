import { DomainError, type DomainErrorData } from '@signalbox/contracts';
import { parseStrictJson, StrictJsonError, type StrictJsonReason } from '@signalbox/security';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { keep, takeAnything } from './any-body';

/**
 * Text that is no JSON, or not one thing to every reader, is malformed. A name or a character that we do not take is a
 * field at fault in well-formed JSON.
 */
const CODES: Readonly<Record<StrictJsonReason, DomainErrorData['code']>> = {
  malformed: 'MALFORMED_BODY',
  invalid_utf8: 'MALFORMED_BODY',
  duplicate_key: 'MALFORMED_BODY',
  too_deep: 'MALFORMED_BODY',
  forbidden_key: 'VALIDATION_FAILED',
  nul_character: 'VALIDATION_FAILED',
};

/** Where the fault is in the body as a whole. */
const WHOLE_BODY = 'body';

/** Takes JSON and nothing else, but where a route takes anything; keeps the bytes as they came. */
export function takeJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', takeAnything);
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, raw: Buffer, done) => {
      if (raw.length === 0) return done(null, undefined);
      if (request.hub.facts?.takesAnything === true) return keep(request, raw, done);
      if (isEncoded(request)) return done(new DomainError({ code: 'UNSUPPORTED_MEDIA_TYPE' }), undefined);
      request.hub.rawBody = raw;
      try {
        done(null, parseStrictJson(raw));
      } catch (error) {
        done(error instanceof StrictJsonError ? refusal(error) : (error as Error), undefined);
      }
    },
  );
}

/** Bodies are taken as they are: nothing here inflates what somebody has packed. */
function isEncoded({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.trim().toLowerCase() !== 'identity';
}

function refusal(error: StrictJsonError): DomainError {
  const { reason, path } = error;
  const fields = [{ field: path === '' ? WHOLE_BODY : path, key: `json_${reason}` }];
  return new DomainError({ code: CODES[reason], fields }, { cause: error });
}
