import type { Hub } from '../hub';
import { BASE, type Data } from './webhooks';

export const KEYS = `${BASE}/api-keys`;

export interface AdminApiKey {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface NewAdminApiKey extends AdminApiKey {
  readonly api_key: string;
}

export async function makeAdminKey(
  hub: Hub,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<NewAdminApiKey> {
  const { status, text, body } = await hub.call<Data<NewAdminApiKey>>('POST', KEYS, {
    body: { name: 'Sample', scopes: ['read'], ...fields },
  });
  if (status !== 201) throw new Error(`No key was made: ${text}`);
  return body.data;
}

/** The same without what is shown once. */
export function shown({ api_key: _key, ...rest }: NewAdminApiKey): AdminApiKey {
  return rest;
}
