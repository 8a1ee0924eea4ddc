import type { SecretBox } from '@signalbox/security';
import type { InboundEndpointEntity } from './inbound-endpoint.entity';

/** What the secrets of an endpoint are bound to, whichever column they are in: the old one moves. */
export const boundTo = (id: string) => `inbound_endpoints:${id}:secret`;

export function sealSecret(box: SecretBox, id: string, secret: string): string {
  return box.seal(secret, boundTo(id));
}

export function openSecret(
  box: SecretBox,
  { id, secret }: Pick<InboundEndpointEntity, 'id' | 'secret'>,
): string {
  return box.open(secret, boundTo(id));
}

/** Newest first, each with the time until which it is good. One that is not good any more is not opened: its key may be gone. */
export function goodSecrets(
  box: SecretBox,
  endpoint: Pick<InboundEndpointEntity, 'id' | 'secret' | 'previousSecret' | 'previousUntil'>,
  now: number,
): readonly { readonly secret: string; readonly until: number }[] {
  const { id, secret, previousSecret, previousUntil } = endpoint;
  const secrets = [{ secret: box.open(secret, boundTo(id)), until: Infinity }];
  const until = previousUntil?.getTime() ?? 0;
  if (previousSecret !== null && until > now) {
    secrets.push({ secret: box.open(previousSecret, boundTo(id)), until });
  }
  return secrets;
}
