import { timingSafeEqual } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  apiKeyOperations,
  apiKeysChanged,
  SYSTEM,
  type ApiKeyFacts,
  type CallContext,
  type Principal,
} from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Notices, RpcClient } from '@signalbox/rpc';
import { AddressRanges, ApiKeyHasher, isWellFormedApiKey } from '@signalbox/security';
import { BelievedCache } from './believed-cache';
import { KeyAddressRefused } from './key-address-refused';
import { KeyUses } from './key-uses';

const MAX_KEYS = 20_000;
/** Of the 32 bytes of its hash, those under which a key is looked up; all of it is compared then, in constant time. */
const LOOKUP_BYTES = 16;
const HASH_BYTES = 32;
/** Closer together than this, uses of a key are one. */
const NOTED_EVERY_MS = 1_000;

/** Who presents a key, and on what occasion. */
export interface KeyBearer extends Pick<CallContext, 'requestId' | 'traceparent'> {
  /** Behind trusted proxies. */
  readonly address: string;
}

interface KnownKey {
  readonly digest: Buffer;
  readonly principal: Principal;
  readonly usable: boolean;
  /** On the clock of `performance.now()`. */
  readonly endsAt: number;
  /** Undefined: from everywhere. */
  readonly addresses: AddressRanges | undefined;
  /** From where it was used last: most are used from one place. */
  lastFrom?: string;
  /** When its use was noted last, on the same clock. */
  notedAt: number;
}

const lookups = counter({
  name: 'gateway_api_key_lookups_total',
  help: 'API keys looked up, by where they were found; those that cannot be keys are looked up nowhere',
  labelNames: ['found'],
});
const found = {
  memory: lookups.labels({ found: 'memory' }),
  service: lookups.labels({ found: 'service' }),
  nowhere: lookups.labels({ found: 'nowhere' }),
};

/**
 * Resolves API keys without a call on the path of a request. Their text is checked first, then their keyed hash is looked
 * up among those that were used lately, as `BelievedCache` keeps them.
 */
@Injectable()
export class ApiKeys implements OnModuleInit {
  private readonly cache = new BelievedCache<KnownKey>({
    max: MAX_KEYS,
    found: (where) => found[where].inc(),
  });

  constructor(
    private readonly rpc: RpcClient,
    private readonly notices: Notices,
    private readonly hasher: ApiKeyHasher,
    private readonly uses: KeyUses,
  ) {}

  async onModuleInit(): Promise<void> {
    this.notices.onReconnect(() => this.cache.clear());
    await this.notices.listen(apiKeysChanged, ({ key_ids: ids }) => {
      const changed = new Set(ids);
      this.cache.dropWhere(({ principal }) => changed.has(principal.id));
    });
  }

  /**
   * @returns whose key it is, or null for one that is unknown, revoked, switched off or expired; a promise only where it has
   *   to be asked for
   * @throws DomainError `FORBIDDEN` where it may not be used from there; as a rejection whatever asking failed with
   */
  resolve(key: string, bearer: KeyBearer): Principal | null | Promise<Principal | null> {
    if (!isWellFormedApiKey(key)) {
      found.nowhere.inc();
      return null;
    }
    const digest = this.hasher.digest(key);
    const known = this.cache.get(lookupKey(digest), () => this.ask(key, digest, bearer));
    return known instanceof Promise
      ? known.then((asked) => this.admit(asked, digest, bearer.address))
      : this.admit(known, digest, bearer.address);
  }

  /** Whose key it is as far as that is known already and it may be used from there; never asks, never throws. */
  peek(key: string, address: string): Principal | undefined {
    if (!isWellFormedApiKey(key)) return undefined;
    const digest = this.hasher.digest(key);
    const known = this.cache.peek(lookupKey(digest));
    return known && holds(known, digest) && isFrom(known, address) ? known.principal : undefined;
  }

  private admit(known: KnownKey | null, digest: string, address: string): Principal | null {
    if (!known || !holds(known, digest)) return null;
    if (!isFrom(known, address)) throw new KeyAddressRefused(known.principal);
    const now = performance.now();
    if (now - known.notedAt > NOTED_EVERY_MS) {
      known.notedAt = now;
      this.uses.note(known.principal.id);
    }
    return known.principal;
  }

  private async ask(key: string, digest: string, bearer: KeyBearer): Promise<KnownKey | null> {
    const { requestId, traceparent } = bearer;
    const askedAt = performance.now();
    const facts = await this.rpc.call(
      apiKeyOperations.resolve,
      { fingerprints: this.hasher.fingerprints(key) },
      { context: { principal: SYSTEM, requestId, traceparent } },
    );
    return facts && knownKey(facts, digest, askedAt);
  }
}

function lookupKey(digest: string): string {
  return digest.slice(0, LOOKUP_BYTES);
}

const presented = Buffer.alloc(HASH_BYTES);

function holds({ digest: known, usable, endsAt }: KnownKey, digest: string): boolean {
  presented.write(digest, 'latin1');
  return timingSafeEqual(known, presented) && usable && performance.now() < endsAt;
}

function isFrom(known: KnownKey, address: string): boolean {
  if (known.addresses === undefined || known.lastFrom === address) return true;
  if (!known.addresses.contains(address)) return false;
  known.lastFrom = address;
  return true;
}

function knownKey(facts: ApiKeyFacts, digest: string, askedAt: number): KnownKey {
  const { id, name, scopes, project_ids: projects, rate_limit: rateLimit, allowed_ips: addresses } = facts;
  return {
    digest: Buffer.from(digest, 'latin1'),
    principal: { kind: 'api_key', id, name, scopes, projects, rateLimit },
    usable: facts.usable,
    endsAt: facts.remaining_ms === null ? Infinity : askedAt + facts.remaining_ms,
    addresses: addresses.length === 0 ? undefined : new AddressRanges(addresses),
    notedAt: -Infinity,
  };
}
