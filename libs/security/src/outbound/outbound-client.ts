import { validateHeaderName, validateHeaderValue } from 'node:http';
import { AddressPolicy } from './address-policy';
import { Exchange } from './exchange';
import { guardedConnector } from './guarded-connector';
import { OriginPools } from './origin-pools';
import { OutboundError } from './outbound-error';
import { OUTBOUND_METHODS, type OutboundRequest, type OutboundResponse } from './outbound-types';
import { nameResolver, type AddressResolver } from './resolver';
import { readTarget, type Target, type UrlRefusal } from './target-url';

export interface OutboundClientOptions {
  /** Addresses and CIDR ranges that may be reached although they are private. */
  readonly allowPrivate: readonly string[];
  /**
   * Requests under way to one origin (512). More wait, within their own time; so this should be no less than what one
   * caller may have under way, or one hanging path of a host delays the others.
   */
  readonly connectionsPerOrigin?: number;
  /** Origins whose connections are kept open while nothing is sent to them (1000). */
  readonly idleOrigins?: number;
  /** Milliseconds an idle connection is kept, unless the server promises longer (4000: servers keep 5 s and more). */
  readonly keepAliveTimeoutMs?: number;
  /** Milliseconds for lookup, connect and TLS handshake, within a request's own time (10 000). */
  readonly connectTimeoutMs?: number;
  /** Certificate authorities, in PEM, trusted instead of the built-in ones. */
  readonly ca?: string | string[];
  readonly resolve?: AddressResolver;
}

const METHODS: ReadonlySet<string> = new Set(OUTBOUND_METHODS);
/** The client's own. `Host` would also choose the name that the certificate is checked against. */
const OWN_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The one way out: every HTTP request to an address that a user or a third party chose goes through here.
 *
 * Guarantees: only `http:` and `https:`; only addresses that `AddressPolicy` permits are ever dialled, whatever a name
 * resolves to and whenever; redirects are answers like any other; proxies in the environment are ignored; time, body,
 * headers and connections are bounded. A request of which a byte may have left is never sent twice.
 */
export class OutboundClient {
  private readonly policy: AddressPolicy;
  private readonly pools: OriginPools;
  private closed = false;

  constructor(options: OutboundClientOptions) {
    this.policy = new AddressPolicy(options.allowPrivate);
    this.pools = new OriginPools({
      connect: guardedConnector({
        policy: this.policy,
        resolve: options.resolve ?? nameResolver(),
        connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
        ca: options.ca,
      }),
      connectionsPerOrigin: options.connectionsPerOrigin ?? 512,
      idleOrigins: options.idleOrigins ?? 1000,
      keepAliveTimeoutMs: options.keepAliveTimeoutMs ?? 4000,
    });
  }
  /** Judges a URL before anything is sent, as when a webhook is created. Names are judged when they are dialled. */
  checkUrl(url: string): UrlRefusal | null {
    const target = readTarget(url, this.policy);
    return typeof target === 'string' ? target : null;
  }

  /** Origins with connections, busy or idle. */
  get openOrigins(): number {
    return this.pools.size;
  }

  /** @throws OutboundError (as a rejection, never synchronously) when there is no complete answer. */
  send(request: OutboundRequest): Promise<OutboundResponse> {
    return new Promise((resolve, reject) => {
      const target = this.admit(request);
      if (target instanceof OutboundError) reject(target);
      else new Exchange(request, target, this.pools.of(target.origin), resolve, reject).begin();
    });
  }

  /**
   * Takes no more requests and lets those under way finish, for `graceMs` at most; the rest end as `aborted`, as do at
   * once those that wait for a connection.
   */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    const pools = this.pools.takeAll();
    const finished = Promise.all(pools.map((pool) => pool.close()));
    let timer: NodeJS.Timeout | undefined;
    const outOfTime = new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([finished, outOfTime]);
    clearTimeout(timer);
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private admit(request: OutboundRequest): Target | OutboundError {
    if (this.closed) return new OutboundError('aborted', 'The outbound client is closed.');
    if (request.signal?.aborted === true) return new OutboundError('aborted', 'The request was aborted.');
    if (!METHODS.has(request.method))
      return new OutboundError('invalid_request', 'The method is not supported.');
    if (request.headers !== undefined && !areSendable(request.headers)) {
      return new OutboundError('invalid_request', 'The request has a header that cannot be sent.');
    }
    const target = readTarget(request.url, this.policy);
    return typeof target === 'string' ? refused(target) : target;
  }
}

/** undici finds these faults too, but counts the connection that it found them on as busy for ever. */
function areSendable(headers: Readonly<Record<string, string>>): boolean {
  try {
    for (const name in headers) {
      if (OWN_HEADERS.has(name.toLowerCase())) return false;
      validateHeaderName(name);
      validateHeaderValue(name, headers[name] ?? '');
    }
    return true;
  } catch {
    return false;
  }
}

function refused(reason: UrlRefusal): OutboundError {
  return reason === 'private_address'
    ? new OutboundError(
        'blocked_address',
        'The URL names a private or reserved address, which is not allowed.',
      )
    : new OutboundError('invalid_url', `The URL cannot be called (${reason}).`);
}
