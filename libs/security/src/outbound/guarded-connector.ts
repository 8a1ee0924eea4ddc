import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy';
import { OutboundError } from './outbound-error';
import type { AddressResolver, ResolvedAddress } from './resolver';

/** Addresses of one name that are tried, one after another. */
const MAX_ADDRESSES = 8;

export interface ConnectorOptions {
  readonly policy: AddressPolicy;
  readonly resolve: AddressResolver;
  readonly connectTimeoutMs: number;
  /** Certificate authorities, in PEM, trusted instead of the built-in ones. */
  readonly ca?: string | string[];
}

/**
 * Opens connections only to addresses that the policy permits. A name is resolved once for each connection, and the
 * socket dials the very addresses that were checked: there is no second lookup that could answer differently.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  const connect = buildConnector({
    lookup: guardedLookup(options),
    timeout: options.connectTimeoutMs,
    autoSelectFamily: true,
    // One TLS connection for all requests of an origin would let a hanging one hold up the others.
    allowH2: false,
    ca: options.ca,
  });
  return (target, callback) => {
    // The lookup is not called for an address.
    if (isIP(target.hostname) !== 0 && !options.policy.permits(target.hostname)) {
      queueMicrotask(() => {
        callback(blocked(target.hostname), null);
      });
      return;
    }
    connect(target, callback);
  };
}

function guardedLookup({ policy, resolve }: ConnectorOptions): LookupFunction {
  const underWay = new Map<string, Promise<readonly ResolvedAddress[]>>();

  const lookUp = async (hostname: string): Promise<ResolvedAddress[]> => {
    let answer = underWay.get(hostname);
    if (answer === undefined) {
      answer = resolve(hostname).finally(() => underWay.delete(hostname));
      underWay.set(hostname, answer);
    }
    const found = await answer.catch(() => []);
    if (found.length === 0)
      throw new OutboundError('dns_failed', `The name ${hostname} could not be resolved.`);
    const permitted = found.filter(({ address }) => policy.permits(address)).slice(0, MAX_ADDRESSES);
    if (permitted.length === 0) throw blocked(hostname);
    return permitted;
  };

  return (hostname, options, callback) => {
    lookUp(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error('lookup failed'), '');
      },
    );
  };
}

function blocked(hostname: string): OutboundError {
  return new OutboundError(
    'blocked_address',
    `${hostname} is a private or reserved address, which is not allowed.`,
  );
}
