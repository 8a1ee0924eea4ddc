import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import {
  ACCESS_TOKEN_SECONDS,
  REFRESH_TOKEN_SECONDS,
  signingKeysChanged,
  TOKEN_SKEW_SECONDS,
  type VerifyingKeyView,
} from '@signalbox/contracts';
import type { Notices } from '@signalbox/rpc';
import type { SecretBox } from '@signalbox/security';
import type { Logger } from 'pino';
import { sealedFor } from './sealed-for';
import { restoreKey, type SigningKey } from './signing-key';
import type { SigningKeysRepository, StoredKey } from './signing-keys.repository';

/** How long a replica may go on signing with the key that another one signs with no more. */
const LEARNT_WITHIN_SECONDS = 120;
const ACCESS_SECONDS = ACCESS_TOKEN_SECONDS + TOKEN_SKEW_SECONDS + LEARNT_WITHIN_SECONDS;
const REFRESH_SECONDS = REFRESH_TOKEN_SECONDS + TOKEN_SKEW_SECONDS + LEARNT_WITHIN_SECONDS;
/** The command that makes a key need not reach any process: each looks for itself. */
const LOOK_EVERY_MS = 10_000;
/** Whoever invents key ids does not make this ask the database for each. */
const LOOK_AT_MOST_EVERY_MS = 2_000;

interface Held {
  readonly key: SigningKey;
  /** When the next key was made; null while this one signs. */
  readonly retiredAt: Date | null;
}

/** The keys that sign and have signed tokens: `JWT_SECRET` first, then those that the command made. The newest one signs. */
export class KeyRing implements OnModuleInit, BeforeApplicationShutdown {
  private held: readonly Held[];
  private lookedAt = -Infinity;
  private looking: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly environment: SigningKey,
    private readonly box: SecretBox,
    private readonly stored: SigningKeysRepository,
    private readonly notices: Notices,
    private readonly log: Logger,
  ) {
    this.held = [{ key: environment, retiredAt: null }];
  }

  async onModuleInit(): Promise<void> {
    await this.look();
    await this.notices.listen(signingKeysChanged, () => this.look());
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await (this.next ?? this.looking).catch(() => undefined);
  }

  /** The key that signs. */
  current(): SigningKey {
    return this.held[0]?.key ?? this.environment;
  }

  /** The key that has signed refresh tokens which are still good; a token that names none is of the first key. */
  async find(kid: string = this.environment.kid): Promise<SigningKey | undefined> {
    const known = this.known(kid);
    if (known || performance.now() - this.lookedAt < LOOK_AT_MOST_EVERY_MS) return known;
    await this.look();
    return this.known(kid);
  }

  /** For gateways: always as the database has it, since another replica may be signing with a key that this one has not seen. */
  async views(): Promise<VerifyingKeyView[]> {
    await this.look();
    return this.held
      .filter(({ retiredAt }) => isWithin(retiredAt, ACCESS_SECONDS))
      .map(({ key: { kid, algorithm, shown }, retiredAt }) => ({
        kid,
        algorithm,
        ...shown,
        accepted_until: retiredAt && after(retiredAt, ACCESS_SECONDS).toISOString(),
      }));
  }

  /** @returns how many keys it removed, of which no token can be left */
  sweep(): Promise<number> {
    return this.stored.deleteRetired(REFRESH_SECONDS);
  }

  private known(kid: string): SigningKey | undefined {
    return this.held.find(({ key, retiredAt }) => key.kid === kid && isWithin(retiredAt, REFRESH_SECONDS))
      ?.key;
  }

  /** One look at a time: whoever asks meanwhile shares the next, since the one under way may be too old. */
  private look(): Promise<void> {
    this.next ??= this.looking
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.looking = this.take();
        return this.looking;
      });
    return this.next;
  }

  private async take(): Promise<void> {
    const rows = await this.stored.all();
    this.lookedAt = performance.now();
    const keys = [...rows.map((row) => this.restored(row)), this.environment];
    const newest = this.current().kid;
    this.held = keys.map((key, i) => ({ key, retiredAt: rows[i - 1]?.createdAt ?? null }));
    const { kid, algorithm } = this.current();
    if (kid !== newest) this.log.info({ kid, algorithm }, 'Tokens are signed with another key');
  }

  private restored({ id, algorithm, sealed }: StoredKey): SigningKey {
    const known = this.held.find(({ key }) => key.kid === id)?.key;
    return known ?? restoreKey({ kid: id, algorithm, text: this.box.open(sealed, sealedFor(id)) });
  }

  private schedule(): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      const { kid } = this.current();
      this.look()
        .then(() => {
          // Whoever made the key may have had no bus to tell of it.
          if (this.current().kid !== kid) this.notices.tell(signingKeysChanged, {});
        })
        .catch((error: unknown) => this.log.warn({ err: error }, 'Looking for signing keys failed'))
        .finally(() => this.schedule());
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }
}

function after(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

function isWithin(retiredAt: Date | null, seconds: number): boolean {
  return retiredAt === null || after(retiredAt, seconds).getTime() > Date.now();
}
