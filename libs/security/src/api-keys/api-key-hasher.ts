import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { ApiKeyFingerprint } from '@signalbox/contracts';

interface Pepper {
  /** Follows from the pepper itself, so that no two processes can mean different ones by the same name. */
  readonly name: string;
  readonly key: KeyObject;
}

const NAME_LENGTH = 8;

/**
 * Keyed hashes (HMAC-SHA256) of API keys: useless to whoever reads the database without the pepper. There may be several
 * peppers, so that a new one can take over: the first makes new hashes, the others are for keys that were not used since.
 */
export class ApiKeyHasher {
  private readonly current: Pepper;
  private readonly peppers: readonly Pepper[];

  /** @throws Error when there is none */
  constructor(peppers: readonly string[]) {
    this.peppers = peppers.map((pepper) => ({
      name: hash('sha256', `signalbox api key pepper\n${pepper}`).slice(0, NAME_LENGTH),
      key: createSecretKey(Buffer.from(pepper)),
    }));
    const [current] = this.peppers;
    if (!current) throw new Error('There is no pepper for API keys');
    this.current = current;
  }

  /** Names of the peppers, that of new hashes first. */
  get names(): readonly string[] {
    return this.peppers.map(({ name }) => name);
  }

  /** With the pepper of new hashes. */
  digest(key: string): Buffer {
    return createHmac('sha256', this.current.key).update(key).digest();
  }

  fingerprint(key: string): ApiKeyFingerprint {
    return fingerprint(this.current, key);
  }

  /** With every pepper, that of new hashes first. */
  fingerprints(key: string): ApiKeyFingerprint[] {
    return this.peppers.map((pepper) => fingerprint(pepper, key));
  }
}

function fingerprint({ name, key: pepper }: Pepper, key: string): ApiKeyFingerprint {
  return { pepper: name, hash: createHmac('sha256', pepper).update(key).digest('base64url') };
}
