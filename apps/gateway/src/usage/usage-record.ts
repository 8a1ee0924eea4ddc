import {
  CLIENT_CLOSED_CODE,
  CLIENT_CLOSED_STATUS,
  UNMATCHED_ENDPOINT,
  type Principal,
  type UsageRecord,
} from '@signalbox/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestState } from '../http/request-state';
import { publishedPath } from '../surfaces/published-path';

const MAX_PROJECT_LENGTH = 255;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Bounded by the routes there are. */
const endpoints = new Map<string, string>();

/** What is noted of a request that has ended; undefined for the hub's own routes, which probes ask all day. */
export function usageRecord(request: FastifyRequest, reply: FastifyReply): UsageRecord | undefined {
  const { hub } = request;
  if (!hub.facts && hub.route !== undefined) return undefined;
  const ms = performance.now() - hub.startedAt;
  const finished = reply.raw.writableFinished;
  const status = finished ? reply.statusCode : CLIENT_CLOSED_STATUS;
  const { caller } = hub;
  return {
    time: isoTime(Math.floor(Date.now() - ms)),
    request_id: request.id,
    method: request.method,
    endpoint: endpointOf(hub),
    surface: hub.surface.name,
    status,
    duration_us: Math.round(ms * 1000),
    bytes_in: hub.rawBody?.length ?? length(request.headers['content-length']),
    bytes_out: bytesOut(request, reply),
    caller_kind: caller && caller.kind !== 'system' ? caller.kind : null,
    caller_id: caller?.id ?? null,
    caller_name: caller?.name ?? null,
    project_id: caller ? projectOf(request, caller) : null,
    error_code: hub.failure ?? (finished ? null : CLIENT_CLOSED_CODE),
    address: request.ip,
  };
}

let told = 0;
let asText = '';

/** Many requests begin in one millisecond. */
function isoTime(time: number): string {
  if (time !== told) {
    told = time;
    asText = new Date(time).toISOString();
  }
  return asText;
}

/** The published path of what was asked for, with its parameters as names. */
export function endpointOf({ route, facts }: RequestState): string {
  if (route === undefined || !facts) return UNMATCHED_ENDPOINT;
  let endpoint = endpoints.get(route);
  if (endpoint === undefined) {
    endpoint = publishedPath(route.replaceAll(/:(\w+)/g, '{$1}'), facts.surface);
    endpoints.set(route, endpoint);
  }
  return endpoint;
}

function bytesOut({ hub, method }: FastifyRequest, reply: FastifyReply): number {
  if (hub.bytesOut !== undefined) return hub.bytesOut;
  return method === 'HEAD' ? 0 : length(reply.getHeader('content-length'));
}

function length(header: unknown): number {
  const n = Number(header ?? 0);
  return Number.isSafeInteger(n) && n > 0 ? n : 0;
}

/** The only project of the caller, else the one that the request names and the caller may see. */
function projectOf({ query, body }: FastifyRequest, { projects }: Principal): string | null {
  if (projects?.length === 1) return projects[0] ?? null;
  const named = projectIn(query) ?? projectIn(body);
  if (named === undefined || (projects !== null && !projects.includes(named))) return null;
  return named;
}

function projectIn(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || !('project_id' in given)) return undefined;
  const { project_id: named } = given;
  if (typeof named !== 'string' || named === '' || named.length > MAX_PROJECT_LENGTH) return undefined;
  return CONTROL.test(named) || !named.isWellFormed() ? undefined : named;
}
