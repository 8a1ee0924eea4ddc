import type { SecretBox } from '@signalbox/security';
import type { WebhookEntity } from './webhook.entity';

type Sealed = Pick<WebhookEntity, 'id' | 'secret' | 'headers'>;

/** What a sealed column of a webhook is bound to. */
export const boundTo = (id: string, column: 'secret' | 'headers') => `webhooks:${id}:${column}`;

export function sealSecret(box: SecretBox, id: string, secret: string): string {
  return box.seal(secret, boundTo(id, 'secret'));
}

export function openSecret(box: SecretBox, webhook: Sealed): string {
  return box.open(webhook.secret, boundTo(webhook.id, 'secret'));
}

export function sealHeaders(box: SecretBox, id: string, headers: Readonly<Record<string, string>>): string {
  return box.seal(JSON.stringify(headers), boundTo(id, 'headers'));
}

export function openHeaders(box: SecretBox, webhook: Sealed): Record<string, string> {
  return JSON.parse(box.open(webhook.headers, boundTo(webhook.id, 'headers'))) as Record<string, string>;
}
