import type { ObjectSchema } from '../connector';

type Properties = ObjectSchema['properties'];

const address = { type: 'string', pattern: '^https?://[^\\s@?#]+$', maxLength: 2048 };
const base = { ...address, title: 'Address of the API' };
const api_url = { ...address, title: 'The same, where `base_url` is not given' };

/** Address of the API, `otherwise` when not given. */
export const baseUrl = (otherwise: string) => ({ base_url: { ...base, default: otherwise }, api_url });
export const requiredBaseUrl = (example: string) => ({
  base_url: { ...base, examples: [example] },
  api_url,
});

export const text = (title: string) => ({ type: 'string', title, minLength: 1, maxLength: 1024 });

export const secret = (title: string) => ({
  type: 'string',
  title,
  minLength: 1,
  maxLength: 8192,
  writeOnly: true,
});

/** Settings that the connector reads. Integrations may keep others beside them. */
export function settings(properties: Properties, required: readonly string[] = []): ObjectSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: true };
}
