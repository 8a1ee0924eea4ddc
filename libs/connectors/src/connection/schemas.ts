import type { ObjectSchema } from '../connector';

type Properties = ObjectSchema['properties'];

const base = {
  base_url: {
    type: 'string',
    title: 'Address of the API',
    pattern: '^https?://[^\\s@?#]+$',
    maxLength: 2048,
  },
};

/** Address of the API, `otherwise` when not given. */
export const baseUrl = (otherwise: string) => ({ base_url: { ...base.base_url, default: otherwise } });
export const requiredBaseUrl = (example: string) => ({ base_url: { ...base.base_url, examples: [example] } });

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
