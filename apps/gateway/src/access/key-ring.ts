import { createPublicKey } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  DomainError,
  signingKeyOperations,
  signingKeysChanged,
  SYSTEM,
  type PublicJwk,
  type TokenAlgorithm,
  type VerifyingKeyView,
} from '@signalbox/contracts';
import { Notices, RpcClient } from '@signalbox/rpc';
import { secretKeyId } from '@signalbox/security';

/** What it takes to verify a token. */
export interface VerifyingKey {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  readonly verifying: { readonly secret: Buffer } | { readonly publicKey: string };
  /** Of an ES256 key. */
  readonly shown?: PublicJwk;
  /** Unix time in milliseconds; no token is accepted after it. */
  readonly until: number;
}

/** Injects `JWT_SECRET`. */
export const JWT_SECRET = Symbol('JWT_SECRET');

/** Whoever invents key ids does not make the gateway ask for each. */
const ASK_AT_MOST_EVERY_MS = 2_000;
/** Should a notice have been lost. */
const ASK_EVERY_MS = 60_000;

/**
 * The keys whose access tokens are good. Told of a new one by a notice, and asks when a token names one that it does not know.
 * Until the service has answered once it knows that of `JWT_SECRET` only.
 */
@Injectable()
export class KeyRing implements OnModuleInit, OnApplicationShutdown {
  private readonly environment: VerifyingKey;
  private keys: ReadonlyMap<string, VerifyingKey>;
  private asking: Promise<void> | undefined;
  private askedAt = -Infinity;
  private failure: Error | undefined = new DomainError({ code: 'SERVICE_UNAVAILABLE' });
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly rpc: RpcClient,
    private readonly notices: Notices,
    @Inject(JWT_SECRET) secret: string,
  ) {
    const bytes = Buffer.from(secret);
    this.environment = {
      kid: secretKeyId(bytes),
      algorithm: 'HS256',
      verifying: { secret: bytes },
      until: Infinity,
    };
    this.keys = new Map([[this.environment.kid, this.environment]]);
  }

  async onModuleInit(): Promise<void> {
    this.notices.onReconnect(() => this.askAgain());
    await this.notices.listen(signingKeysChanged, () => this.askAgain());
    this.askAgain();
  }

  onApplicationShutdown(): void {
    this.stopping = true;
    clearTimeout(this.timer);
  }

  /** The key of that id as far as it is known; without an id, that of tokens from before there were ids. */
  known(kid: string = this.environment.kid): VerifyingKey | undefined {
    const key = this.keys.get(kid);
    return key && Date.now() < key.until ? key : undefined;
  }

  /**
   * The key of that id, asked for when it is not known.
   * @throws DomainError when the service cannot answer
   */
  async find(kid?: string): Promise<VerifyingKey | undefined> {
    const known = this.known(kid);
    if (known) return known;
    await this.ask();
    if (!this.known(kid) && this.failure) throw this.failure;
    return this.known(kid);
  }

  /**
   * The public keys that others may verify our tokens with: none while they are signed with a secret.
   * @throws DomainError when the service has not answered yet
   */
  async published(): Promise<readonly (PublicJwk & { kid: string })[]> {
    if (this.failure) await this.ask();
    if (this.failure) throw this.failure;
    return [...this.keys.values()].flatMap(({ kid, shown, until }) =>
      shown && Date.now() < until ? [{ ...shown, kid }] : [],
    );
  }

  /** Asks unless it has just done so. What fails is kept in `failure`. */
  private ask(): Promise<void> {
    if (this.asking) return this.asking;
    if (performance.now() - this.askedAt < ASK_AT_MOST_EVERY_MS) return Promise.resolve();
    return this.askNow();
  }

  private askNow(): Promise<void> {
    this.askedAt = performance.now();
    const asking = this.rpc.call(signingKeyOperations.list, {}, { context: { principal: SYSTEM } }).then(
      ({ keys }) => {
        this.keys = new Map(keys.map((view) => [view.kid, this.keyOf(view)]));
        this.failure = undefined;
      },
      (error: unknown) => {
        this.failure = error as Error;
      },
    );
    this.asking = asking.finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  /** An answer under way may be older than what this was told of. */
  private askAgain(): void {
    clearTimeout(this.timer);
    void (this.asking ?? Promise.resolve())
      .then(() => this.asking ?? this.askNow())
      .then(() => {
        clearTimeout(this.timer);
        if (this.stopping) return;
        this.timer = setTimeout(() => this.askAgain(), this.failure ? ASK_AT_MOST_EVERY_MS : ASK_EVERY_MS);
        this.timer.unref();
      });
  }

  private keyOf({ kid, algorithm, secret, public_key, accepted_until }: VerifyingKeyView): VerifyingKey {
    const until = accepted_until === null ? Infinity : Date.parse(accepted_until);
    if (kid === this.environment.kid) return { ...this.environment, until };
    if (algorithm === 'HS256')
      return { kid, algorithm, verifying: { secret: Buffer.from(secret ?? '', 'base64url') }, until };
    const publicKey = createPublicKey({ key: { ...public_key }, format: 'jwk' });
    return {
      kid,
      algorithm,
      verifying: { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
      shown: public_key,
      until,
    };
  }
}
