import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Config } from '@signalbox/config';
import { parseQuery } from './query-string';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** Longer than load balancers keep theirs, so that it is never us who close first. */
const KEEP_ALIVE_MS = 72_000;
/** How long a connection may be silent: longer than any operation takes, short enough to end who never reads his answer. */
const SILENT_MS = 330_000;
/** How often connections are looked at, for those that take too long: a client is given that much more. */
const LOOK_MS = 5_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Ids and names in paths are shorter. */
const MAX_PARAM_LENGTH = 512;

/** The caller's `X-Request-Id` where it is well-formed, else a new one. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** How the HTTP server and Fastify's router are set up. */
export function serverOptions(
  config: Pick<
    Config,
    'BODY_LIMIT_BYTES' | 'TRUST_PROXY' | 'HEADERS_TIMEOUT_SECONDS' | 'REQUEST_TIMEOUT_SECONDS'
  >,
) {
  const requestTimeout = config.REQUEST_TIMEOUT_SECONDS * 1000;
  const headersTimeout = Math.min(config.HEADERS_TIMEOUT_SECONDS * 1000, requestTimeout);
  return {
    bodyLimit: config.BODY_LIMIT_BYTES,
    trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
    requestTimeout,
    connectionTimeout: SILENT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout,
      connectionsCheckingInterval: Math.min(LOOK_MS, Math.floor(headersTimeout / 3)),
      keepAliveTimeoutBuffer: 0,
    },
    // Whatever is under way when the hub stops is answered, on a connection that then ends.
    return503OnClosing: false,
    requestIdHeader: false as const,
    genReqId: requestId,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: MAX_PARAM_LENGTH,
      querystringParser: parseQuery,
    },
    /** Nothing here is Express middleware. */
    skipMiddie: true,
  };
}
