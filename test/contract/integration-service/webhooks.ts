import type { Hub } from '../hub';
import { WEBHOOK } from '../samples';

export interface Enveloped<T> {
  readonly code: string;
  readonly msg: string;
  readonly content: T;
}

export interface Webhook {
  readonly id: string;
  readonly project_id: string;
  readonly secret: string;
  readonly [field: string]: unknown;
}

export async function makeWebhook(
  hub: Hub,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Webhook> {
  const { status, text, body } = await hub.call<Enveloped<Webhook>>('POST', '/api/v1/webhooks', {
    body: { project_id: hub.project(), ...WEBHOOK, ...fields },
  });
  if (status !== 201) throw new Error(`No webhook was made: ${text}`);
  return body.content;
}
