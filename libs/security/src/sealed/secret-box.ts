import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

export type SecretBoxErrorCode =
  /** Sealed under a key that this box was not given. */
  | 'unknown_key'
  /** Sealed for another row, or changed since. */
  | 'not_authentic'
  /** Not something that a box has sealed. */
  | 'malformed'
  /** The key itself is not 32 bytes in base64. */
  | 'invalid_key';

/** Never carries plaintext, sealed text or keys. */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';

  constructor(
    readonly code: SecretBoxErrorCode,
    message: string,
  ) {
    super(message);
  }
}

const CIPHER = 'aes-256-gcm';
const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_CHARACTERS = 8;

/**
 * Encrypts what is stored but must not be readable in the database (AES-256-GCM). A sealed text is
 * `v1.<key id>.<base64url of nonce, ciphertext, tag>` and opens only for the row it was sealed for.
 */
export class SecretBox {
  private readonly keys = new Map<string, KeyObject>();
  private readonly currentId: string;

  /** @param currentKey seals; it and `olderKeys` open. Each is 32 bytes in base64. */
  constructor(currentKey: string, olderKeys: readonly string[] = []) {
    this.currentId = this.addKey(currentKey);
    for (const key of olderKeys) this.addKey(key);
  }

  /** @param boundTo names the row and column; `open` must be given the same. */
  seal(plaintext: string, boundTo: string): string {
    const prefix = `${VERSION}.${this.currentId}`;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key(this.currentId), nonce);
    cipher.setAAD(associatedData(prefix, boundTo));
    const sealed = Buffer.concat([
      nonce,
      cipher.update(plaintext, 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `${prefix}.${sealed.toString('base64url')}`;
  }

  /** @throws SecretBoxError when the key is unknown, or the text was changed or belongs to another row. */
  open(sealed: string, boundTo: string): string {
    const [version, keyId, payload, ...rest] = sealed.split('.');
    if (version !== VERSION || keyId === undefined || payload === undefined || rest.length > 0)
      throw malformed();
    const bytes = Buffer.from(payload, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw malformed();

    const tagAt = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, this.key(keyId), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associatedData(`${version}.${keyId}`, boundTo));
    decipher.setAuthTag(bytes.subarray(tagAt));
    const opened = decipher.update(bytes.subarray(NONCE_BYTES, tagAt));
    try {
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      throw new SecretBoxError('not_authentic', `The sealed text was changed or is not that of ${boundTo}.`);
    }
  }

  /**
   * The same text under the key that seals now.
   * @returns null where it is under that key already
   * @throws SecretBoxError as `open` does
   */
  reseal(sealed: string, boundTo: string): string | null {
    return sealed.startsWith(this.currentPrefix) ? null : this.seal(this.open(sealed, boundTo), boundTo);
  }

  /** What every text begins with that is sealed under the key that seals now. */
  get currentPrefix(): string {
    return `${VERSION}.${this.currentId}.`;
  }

  private addKey(text: string): string {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== KEY_BYTES)
      throw new SecretBoxError('invalid_key', 'A key must be 32 bytes in base64.');
    const id = createHmac('sha256', bytes).update('key id').digest('base64url').slice(0, KEY_ID_CHARACTERS);
    this.keys.set(id, createSecretKey(bytes));
    return id;
  }

  private key(id: string): KeyObject {
    const key = this.keys.get(id);
    if (key === undefined) {
      throw new SecretBoxError(
        'unknown_key',
        'Sealed under a key that is neither ENCRYPTION_KEY nor among ENCRYPTION_KEYS.',
      );
    }
    return key;
  }
}

function associatedData(prefix: string, boundTo: string): Buffer {
  return Buffer.from(`${prefix}.${boundTo}`);
}

function malformed(): SecretBoxError {
  return new SecretBoxError('malformed', 'Not a sealed text.');
}
