import { hash } from 'node:crypto';
import type { ApiKeyFingerprint } from '@signalbox/contracts';

interface Pepper {
  /** Follows from the pepper itself, so that no two processes can mean different ones by the same name. */
  readonly name: string;
  readonly mac: (text: string) => string;
}

const NAME_LENGTH = 8;
/** Of SHA-256. */
const BLOCK = 64;
const DIGEST = 32;
/** Longer texts are no keys; more than anything that passes `isWellFormedApiKey`. */
const MAX_TEXT = 256;

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
      mac: hmacSha256(pepper),
    }));
    const [current] = this.peppers;
    if (!current) throw new Error('There is no pepper for API keys');
    this.current = current;
  }

  /** Names of the peppers, that of new hashes first. */
  get names(): readonly string[] {
    return this.peppers.map(({ name }) => name);
  }

  /**
   * With the pepper of new hashes: 32 bytes as `latin1` text. For keys, in ASCII and at most 256 characters long.
   * @throws Error for anything longer
   */
  digest(key: string): string {
    return this.current.mac(key);
  }

  fingerprint(key: string): ApiKeyFingerprint {
    return fingerprint(this.current, key);
  }

  /** With every pepper, that of new hashes first. */
  fingerprints(key: string): ApiKeyFingerprint[] {
    return this.peppers.map((pepper) => fingerprint(pepper, key));
  }
}

function fingerprint({ name, mac }: Pepper, key: string): ApiKeyFingerprint {
  return { pepper: name, hash: Buffer.from(mac(key), 'latin1').toString('base64url') };
}

/**
 * RFC 2104 for short ASCII texts, as two hashes over prepared blocks: `createHmac` makes an object and two buffers each time,
 * which is most of what a request with a key would cost.
 */
function hmacSha256(secret: string): (text: string) => string {
  const raw = Buffer.from(secret);
  const key = raw.length > BLOCK ? hash('sha256', raw, 'buffer') : raw;
  const inner = Buffer.alloc(BLOCK + MAX_TEXT, 0x36);
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
  for (const [i, byte] of key.entries()) {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  return (text) => {
    if (text.length > MAX_TEXT) throw new Error('This is too long to be an API key');
    inner.write(text, BLOCK, 'latin1');
    outer.write(hash('sha256', inner.subarray(0, BLOCK + text.length), 'binary'), BLOCK, 'latin1');
    return hash('sha256', outer, 'binary');
  };
}
