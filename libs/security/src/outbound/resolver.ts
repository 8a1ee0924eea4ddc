import { lookup, Resolver } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds the addresses of a name. Rejects, or answers an empty list, when there are none. Must end by itself. */
export type AddressResolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** Name servers that do not answer: asking again through the system's resolver would only wait again. */
const SILENT: ReadonlySet<unknown> = new Set(['ETIMEOUT', 'ESERVFAIL']);
const QUERY_TRIES = 2;

export interface NameServerOptions {
  /** `address` or `address:port`; without any, those of the system. */
  readonly servers?: readonly string[];
  /** Milliseconds a server has for its first answer (2000); the second time it has twice as long. */
  readonly timeoutMs?: number;
}

/**
 * Asks the name servers directly, then the system (hosts file, search domains) for what they do not know.
 * The system's resolver holds one of two threads while it waits, so a few names whose servers are silent would hold up
 * every other connection; direct queries hold none.
 */
export function nameResolver({ servers, timeoutMs = 2000 }: NameServerOptions = {}): AddressResolver {
  return async (hostname) => {
    if (hasDomain(hostname)) {
      // A resolver of its own reads the system's name servers anew: they change while a process lives.
      const resolver = new Resolver({ timeout: timeoutMs, tries: QUERY_TRIES });
      if (servers !== undefined) resolver.setServers(servers);
      const found = await query(resolver, hostname);
      if (found.length > 0) return found;
    }
    const addresses = await lookup(hostname, { all: true });
    return addresses.map(({ address, family }) => resolved(address, family === 6 ? 6 : 4));
  };
}

/** @returns nothing for a name the servers do not know. @throws when they are silent. */
async function query(resolver: Resolver, hostname: string): Promise<ResolvedAddress[]> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const found = [
    ...(v4.status === 'fulfilled' ? v4.value.map((address) => resolved(address, 4)) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((address) => resolved(address, 6)) : []),
  ];
  const silent = [v4, v6].some((answer) => answer.status === 'rejected' && isSilence(answer.reason));
  if (found.length === 0 && silent) throw new Error('The name servers do not answer.');
  return found;
}

function resolved(address: string, family: 4 | 6): ResolvedAddress {
  return { address, family };
}

function hasDomain(hostname: string): boolean {
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  return name.includes('.') && !name.endsWith('.localhost') && !name.endsWith('.local');
}

function isSilence(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'code' in reason && SILENT.has(reason.code);
}
