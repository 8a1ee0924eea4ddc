import { MASK, maskSecrets } from '@signalbox/security';

/** Names that are harmless elsewhere and hold a secret in our own answers. */
const OWN_SECRETS = new Set(['key', 'access', 'refresh', 'api_key']);

/** The body as it may be kept: what was shown once is not shown again. */
export function maskForReplay(body: string): string {
  if (body === '') return '';
  return JSON.stringify(maskSecrets(JSON.parse(body)), (name, value: unknown) =>
    OWN_SECRETS.has(name) && typeof value === 'string' ? MASK : value,
  );
}
