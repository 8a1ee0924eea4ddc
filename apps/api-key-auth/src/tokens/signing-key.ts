import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import type { PublicJwk, TokenAlgorithm, VerifyingKeyView } from '@signalbox/contracts';
import { secretKeyId } from '@signalbox/security';

/** A key that signs tokens, in the forms in which it is used. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  readonly signing: { readonly secret: Buffer } | { readonly privateKey: KeyObject };
  readonly verifying: { readonly secret: Buffer } | { readonly publicKey: string };
  /** What a gateway needs to verify with it. */
  readonly shown: Pick<VerifyingKeyView, 'secret' | 'public_key'>;
}

/** A key as it is stored: `text` is its private part. */
export interface KeyText {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  readonly text: string;
}

const SECRET_BYTES = 32;

/** The key made of `JWT_SECRET`: gateways have it themselves. */
export function environmentKey(jwtSecret: string): SigningKey {
  const secret = Buffer.from(jwtSecret);
  return {
    kid: secretKeyId(secret),
    algorithm: 'HS256',
    signing: { secret },
    verifying: { secret },
    shown: {},
  };
}

export function makeKey(algorithm: TokenAlgorithm): KeyText {
  if (algorithm === 'HS256') {
    const secret = randomBytes(SECRET_BYTES);
    return { kid: secretKeyId(secret), algorithm, text: secret.toString('base64url') };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    kid: thumbprint(jwkOf(publicKey)),
    algorithm,
    text: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export function restoreKey({ kid, algorithm, text }: KeyText): SigningKey {
  if (algorithm === 'HS256') {
    const secret = Buffer.from(text, 'base64url');
    return { kid, algorithm, signing: { secret }, verifying: { secret }, shown: { secret: text } };
  }
  const privateKey = createPrivateKey(text);
  const publicKey = createPublicKey(privateKey);
  return {
    kid,
    algorithm,
    signing: { privateKey },
    verifying: { publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    shown: { public_key: jwkOf(publicKey) },
  };
}

function jwkOf(publicKey: KeyObject): PublicJwk {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { kty: 'EC', crv: 'P-256', x, y };
}

/** RFC 7638: the members in the order of the alphabet. */
function thumbprint({ crv, kty, x, y }: PublicJwk): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
