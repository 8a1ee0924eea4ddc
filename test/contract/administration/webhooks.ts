import type { Hub } from '../hub';
import { WEBHOOK } from '../samples';

export const BASE = '/api/v1/admin/integration';

export interface Data<T> {
  readonly success: true;
  readonly data: T;
}

export interface AdminWebhook {
  readonly id: string;
  readonly secret: string;
  readonly [field: string]: unknown;
}

export async function makeAdminWebhook(
  hub: Hub,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<AdminWebhook> {
  const { status, text, body } = await hub.call<Data<AdminWebhook>>('POST', `${BASE}/webhooks`, {
    body: { project_id: hub.project(), ...WEBHOOK, ...fields },
  });
  if (status !== 201) throw new Error(`No webhook was made: ${text}`);
  return body.data;
}
