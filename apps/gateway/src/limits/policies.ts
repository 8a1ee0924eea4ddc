import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Config } from '@signalbox/config';
import type { Principal } from '@signalbox/contracts';
import type { SurfaceName } from '../surfaces/surface-name';
import type { LimitKind } from './limit-kind';
import type { Counter, LimitPolicy } from './limit-store';

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3600;
/** As published, for a key that says nothing else. */
const KEY_PER_HOUR = 1000;

export interface LimitedRequest {
  readonly method: string;
  /** Address of the client, behind trusted proxies. */
  readonly address: string;
  readonly kind: LimitKind;
  readonly surface: SurfaceName;
  /** Undefined where nobody has signed in. */
  readonly principal: Principal | undefined;
  /** Of a delivery: whose share it takes, and how much that is a minute where it is not the published limit. */
  readonly receive?: { readonly key: string; readonly limit: number | null };
}

export type LimitSettings = Pick<
  Config,
  | 'LIMIT_USER_PER_MINUTE'
  | 'LIMIT_AUTH_PER_MINUTE'
  | 'LIMIT_READ_PER_MINUTE'
  | 'LIMIT_WRITE_PER_MINUTE'
  | 'LIMIT_RECEIVE_PER_MINUTE'
  | 'LIMIT_PROVIDER_PER_MINUTE'
  | 'LIMIT_GLOBAL_PER_SECOND'
>;

/** One row of the table: how much, and whose requests are counted together; undefined for a request it does not bind. */
interface Row {
  readonly policy: LimitPolicy | ((request: LimitedRequest) => LimitPolicy);
  readonly whose: (request: LimitedRequest) => string | undefined;
}

/** Every limit there is. A request needs room in each that binds it, and counts in all of them or in none. */
export class Policies {
  private readonly rows: readonly Row[];

  constructor(settings: LimitSettings) {
    this.rows = [
      {
        policy: ({ principal }) => policy('key', principal?.rateLimit ?? KEY_PER_HOUR, HOUR),
        whose: (request) => keyOf(request)?.id,
      },
      {
        policy: policy('user', settings.LIMIT_USER_PER_MINUTE, MINUTE),
        whose: (request) => (request.surface === 'code-review' ? undefined : userOf(request)?.id),
      },
      {
        policy: policy('auth', settings.LIMIT_AUTH_PER_MINUTE, MINUTE),
        whose: ({ kind, address }) => (kind === 'auth' ? ofAddress(address) : undefined),
      },
      {
        policy: policy('read', settings.LIMIT_READ_PER_MINUTE, MINUTE),
        whose: (request) => (reads(request) ? byKind(request) : undefined),
      },
      {
        policy: policy('write', settings.LIMIT_WRITE_PER_MINUTE, MINUTE),
        whose: (request) => (reads(request) ? undefined : byKind(request)),
      },
      {
        policy: ({ receive }) =>
          policy('receive', receive?.limit ?? settings.LIMIT_RECEIVE_PER_MINUTE, MINUTE),
        whose: ({ receive }) => receive?.key,
      },
      {
        policy: policy('provider', settings.LIMIT_PROVIDER_PER_MINUTE, MINUTE),
        whose: ({ kind, address }) => (kind === 'provider' ? ofAddress(address) : undefined),
      },
      {
        policy: policy('global', settings.LIMIT_GLOBAL_PER_SECOND, SECOND),
        // A delivery was counted there when it came, before anybody knew whose it is.
        whose: ({ kind, receive }) => (kind === 'none' || receive ? undefined : 'all'),
      },
    ];
  }

  /** At least one: where no limit binds, that in which the caller is told where he stands. */
  bindingOn(request: LimitedRequest): readonly Counter[] {
    const counters: Counter[] = [];
    for (const { policy: of, whose } of this.rows) {
      const key = whose(request);
      if (key !== undefined) counters.push({ key, policy: typeof of === 'function' ? of(request) : of });
    }
    return counters;
  }
}

function policy(name: string, limit: number, windowSeconds: number): LimitPolicy {
  return { name, limit, windowSeconds };
}

function keyOf({ kind, principal }: LimitedRequest): Principal | undefined {
  return bindsCaller(kind) && principal?.kind === 'api_key' ? principal : undefined;
}

function userOf({ kind, principal }: LimitedRequest): Principal | undefined {
  return bindsCaller(kind) && principal?.kind === 'user' ? principal : undefined;
}

/** Sign-ins and deliveries have limits of their own. */
function bindsCaller(kind: LimitKind): boolean {
  return kind === 'standard' || kind === 'none';
}

function reads({ method }: LimitedRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Reads and writes are limited for users of the code-review surface, and for whoever has not signed in. */
function byKind(request: LimitedRequest): string | undefined {
  if (!bindsCaller(request.kind) || keyOf(request)) return undefined;
  const user = userOf(request);
  if (!user) return ofAddress(request.address);
  return request.surface === 'code-review' ? `user:${user.id}` : undefined;
}

/** Whoever has one IPv6 address has its whole /64. */
export function ofAddress(address: string): string {
  if (isIP(address) === 0) return 'address:unknown';
  if (!isIPv6(address)) return `address:${address}`;
  const parsed = ipaddr.process(address);
  return `address:${parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString()}`;
}
