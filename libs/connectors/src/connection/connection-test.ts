import type { ConnectionContext, Connector } from '../connector';
import { textAt } from '../delivery/fields';
import { call, noAnswer } from './call';
import {
  ConnectionError,
  type ConnectionResult,
  type ConnectionSettings,
  type ConnectorRequest,
  type ConnectorResponse,
} from './connection';

export interface Probe {
  /** A request that changes nothing and is answered with 200 only to who has valid credentials. */
  request(settings: ConnectionSettings): Omit<ConnectorRequest, 'signal'>;
  /** Whose they are, from the parsed answer. */
  account?(answer: unknown): Readonly<Record<string, string | null>>;
  /** For providers that say "no" with a 200. */
  refuses?(answer: unknown): boolean;
  /** Which other answers will do. */
  accepts?(status: number): boolean;
}

/** A connection test that is one request. */
export function connectionTest(probe: Probe): NonNullable<Connector['test']> {
  return async (context) => {
    try {
      return await run(probe, context);
    } catch (error) {
      const { reason, status, message, retryAfterSeconds } =
        error instanceof ConnectionError ? error : noAnswer();
      return {
        connected: false,
        reason,
        status,
        message: `Failed to connect: ${status === null ? '' : `${status} - `}${message}`,
        retryAfterSeconds,
      };
    }
  };
}

async function run(probe: Probe, context: ConnectionContext): Promise<ConnectionResult> {
  const response = await call(context, probe.request(context.settings));
  if (response.status !== 200 && !probe.accepts?.(response.status)) throw failureOf(response);
  const answer = parsed(response);
  if (probe.refuses?.(answer)) throw new ConnectionError('unauthorized', REFUSED, response.status);
  const account = probe.account?.(answer) ?? {};
  return {
    connected: true,
    account: Object.fromEntries(
      Object.entries(account).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
  };
}

const REFUSED = 'the credentials were refused';

/** The failure that an answer stands for, by its status. */
export function failureOf({ status, headers }: ConnectorResponse): ConnectionError {
  const spent = headers['x-ratelimit-remaining'] === '0';
  const wait =
    secondsToWait(headers['retry-after'], Date.now()) ??
    (spent ? secondsUntil(headers['x-ratelimit-reset'], Date.now()) : null);
  // GitHub says "forbidden" when it means "later".
  if (status === 429 || (status === 403 && (wait !== null || spent))) {
    return new ConnectionError('rate_limited', 'the provider asks to wait', status, wait);
  }
  if (status === 401) return new ConnectionError('unauthorized', REFUSED, status);
  if (status === 403) return new ConnectionError('forbidden', 'the credentials do not suffice', status);
  return new ConnectionError(
    'unexpected_answer',
    'the provider answered otherwise than expected',
    status,
    wait,
  );
}

const LONGEST_WAIT_SECONDS = 24 * 3600;

/** `Retry-After`, which is seconds or a date; null when it is neither. */
function secondsToWait(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (Date.parse(value) - nowMs) / 1000;
  return Number.isNaN(seconds) ? null : bounded(seconds);
}

/** `X-RateLimit-Reset` as GitHub and Gitea have it, in Unix seconds; null for what others mean by it. */
function secondsUntil(value: string | undefined, nowMs: number): number | null {
  return value !== undefined && /^\d{10}$/.test(value) ? bounded(Number(value) - nowMs / 1000) : null;
}

const bounded = (seconds: number): number => Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_WAIT_SECONDS);

/** The answer as JSON; undefined when it is none, or was cut. */
export function parsed({ body, truncated }: ConnectorResponse): unknown {
  if (truncated) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** Fields of the answer, by the name that they get. */
export function accountOf(fields: Readonly<Record<string, readonly string[]>>): Probe['account'] {
  return (answer) =>
    Object.fromEntries(Object.entries(fields).map(([name, path]) => [name, textAt(answer, ...path)]));
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}`, accept: 'application/json' });

export function basic(user: string, password: string) {
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  return { authorization: `Basic ${encoded}`, accept: 'application/json' };
}
