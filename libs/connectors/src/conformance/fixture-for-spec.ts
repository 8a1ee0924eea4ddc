import { createHmac, randomBytes } from 'node:crypto';
import { InboundDelivery } from '../delivery/inbound-delivery';
import { InboundHeaders } from '../delivery/inbound-headers';
import type { HookStandIn } from './hook-stand-in-for-spec';

/** What a connector's folder brings for the conformance suite. */
export interface ConnectorFixtures {
  /** Settings that the connector's schemas take. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** Required where the connector has a connection test. */
  readonly connection?: ConnectionFixture;
  /** Required where it has a webhook part: real payloads, at least one. */
  readonly webhooks?: readonly WebhookFixture[];
  readonly handshakes?: readonly HandshakeFixture[];
  /** Required where it sets webhooks up: the provider's API for that, as its documentation describes it. */
  readonly hooks?: HookStandIn;
}

export interface ConnectionFixture {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly header: readonly [string, string];
  };
  /** Body of a good answer, as the provider gives it. */
  readonly answer: unknown;
  readonly account: Readonly<Record<string, string>>;
}

export interface WebhookFixture {
  readonly name: string;
  readonly signer: () => Signer;
  readonly body: string | ((seconds: number) => string);
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: (body: Buffer) => string;
  readonly expected: {
    readonly deliveryId: string | null;
    readonly events: readonly Readonly<Record<string, unknown>>[];
    /** Outbound types, in the order of the events. */
    readonly types: readonly string[];
  };
}

export interface HandshakeFixture {
  readonly name: string;
  readonly signer: () => Signer;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: { readonly status: number; readonly body: string };
}

/** The provider's side: proves deliveries with a secret of its own. */
export interface Signer {
  /** What is configured as the secret of the endpoint. */
  readonly secret: string;
  /** Nothing secret is compared. */
  readonly publicKey?: boolean;
  /** Every header in the answer must be needed. */
  sign(delivery: Unsigned): Proof | Promise<Proof>;
}

export interface Unsigned {
  readonly body: Buffer;
  readonly url: string;
  readonly contentType: string;
  readonly seconds: number;
}

export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  /** Parameter in the URL, as it is written there. */
  readonly token?: string;
}

export const HUB = 'https://hub.example.com';
const JSON_TYPE = 'application/json';
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** A delivery whose parts can be changed before it is made. */
export interface Draft {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: Buffer;
  /** Names of the headers that prove it. */
  proofs: string[];
}

type Sendable = Pick<WebhookFixture, 'body' | 'headers' | 'path'>;

/** What the provider would send at that time. */
export async function draft(fixture: Sendable, signer: Signer, seconds: number): Promise<Draft> {
  const body = Buffer.from(typeof fixture.body === 'string' ? fixture.body : fixture.body(seconds));
  const url = HUB + (fixture.path?.(body) ?? '/receive/hook');
  const headers: Record<string, string> = { 'Content-Type': JSON_TYPE, ...fixture.headers };
  const contentType = headers['Content-Type'] ?? '';
  const proof = await signer.sign({ body, url, contentType, seconds });
  return {
    method: 'POST',
    url: proof.token === undefined ? url : `${url}?token=${proof.token}`,
    headers: [...Object.entries(headers), ...Object.entries(proof.headers)],
    body,
    proofs: Object.keys(proof.headers),
  };
}

export function deliver({ method, url, headers, body }: Draft): InboundDelivery {
  return new InboundDelivery({ method, url, headers: InboundHeaders.fromRaw(headers.flat()), body });
}

export function randomSecret(): string {
  return randomBytes(24).toString('hex');
}

/** HMAC as the manuals of providers write it. */
export function hmac(
  secret: string,
  message: string | Buffer,
  encoding: 'hex' | 'base64' = 'hex',
  algorithm = 'sha256',
): string {
  return createHmac(algorithm, secret).update(message).digest(encoding);
}

/** Signs the body alone, into one header. */
export function bodySigner(header: string, write: (secret: string, body: Buffer) => string): () => Signer {
  return () => {
    const secret = randomSecret();
    return { secret, sign: ({ body }) => ({ headers: { [header]: write(secret, body) } }) };
  };
}

export const asJson = (value: unknown): string => JSON.stringify(value);
