import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import type { Config } from '@signalbox/config';
import type { Principal } from '@signalbox/contracts';
import type { LimitKind } from './limit-kind';
import { LimitStore, type LimitPolicy, type Usage } from './limit-store';
import type { SurfaceName } from '../surfaces/surface-name';

const MINUTE_SECONDS = 60;

export interface LimitedRequest {
  readonly method: string;
  /** Address of the client, behind trusted proxies. */
  readonly address: string;
  readonly kind: LimitKind;
  readonly surface: SurfaceName;
  /** Undefined where nobody has signed in. */
  readonly principal: Principal | undefined;
}

export interface Verdict {
  readonly policy: LimitPolicy;
  readonly usage: Usage;
}

/** Chooses the published limit that binds a request, and counts. */
@Injectable()
export class Limiter {
  private readonly user: LimitPolicy;
  private readonly auth: LimitPolicy;
  private readonly read: LimitPolicy;
  private readonly write: LimitPolicy;

  constructor(
    private readonly store: LimitStore,
    config: Pick<
      Config,
      'LIMIT_USER_PER_MINUTE' | 'LIMIT_AUTH_PER_MINUTE' | 'LIMIT_READ_PER_MINUTE' | 'LIMIT_WRITE_PER_MINUTE'
    >,
  ) {
    const perMinute = (name: string, limit: number): LimitPolicy => ({
      name,
      limit,
      windowSeconds: MINUTE_SECONDS,
    });
    this.user = perMinute('user', config.LIMIT_USER_PER_MINUTE);
    this.auth = perMinute('auth', config.LIMIT_AUTH_PER_MINUTE);
    this.read = perMinute('read', config.LIMIT_READ_PER_MINUTE);
    this.write = perMinute('write', config.LIMIT_WRITE_PER_MINUTE);
  }

  admit(request: LimitedRequest): Verdict | Promise<Verdict> {
    const policy = this.policyFor(request);
    const client = request.kind === 'auth' ? undefined : request.principal;
    const key = client ? `${client.kind}:${client.id}` : `address:${addressKey(request.address)}`;
    // Where no limit binds, the caller is still told where he stands, and let in wherever that is.
    const free = request.kind === 'none';
    const verdict = (usage: Usage): Verdict => ({
      policy,
      usage: free ? { ...usage, allowed: true } : usage,
    });
    const usage = free ? this.store.peek(key, policy) : this.store.take(key, policy);
    return usage instanceof Promise ? usage.then(verdict) : verdict(usage);
  }

  private policyFor({ kind, surface, method, principal }: LimitedRequest): LimitPolicy {
    if (kind === 'auth') return this.auth;
    if (principal && surface !== 'code-review') return this.user;
    return method === 'GET' || method === 'HEAD' ? this.read : this.write;
  }
}

/** Whoever has one IPv6 address has its whole /64. */
function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}
