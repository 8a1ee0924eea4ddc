import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Config } from '@signalbox/config';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** Longer than load balancers keep theirs, so that it is never us who close first. */
const KEEP_ALIVE_MS = 72_000;
/** To send a whole request; answering may take longer. */
const REQUEST_MS = 60_000;
const HEADERS_MS = 15_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Ids and names in paths are shorter. */
const MAX_PARAM_LENGTH = 512;
export const MAX_CONNECTIONS = 20_000;

/** The caller's `X-Request-Id` where it is well-formed, else a new one. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** How the HTTP server and Fastify's router are set up. */
export function serverOptions(config: Pick<Config, 'BODY_LIMIT_BYTES' | 'TRUST_PROXY'>) {
  return {
    bodyLimit: config.BODY_LIMIT_BYTES,
    trustProxy: config.TRUST_PROXY.length > 0 ? config.TRUST_PROXY : false,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_MS, keepAliveTimeoutBuffer: 0 },
    // Whatever is under way when the hub stops is answered, on a connection that then ends.
    return503OnClosing: false,
    requestIdHeader: false as const,
    genReqId: requestId,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    /** Nothing here is Express middleware. */
    skipMiddie: true,
  };
}
