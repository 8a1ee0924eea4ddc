import type { SignatureScheme } from '@signalbox/connectors';
import { isSecretName, MASK } from '@signalbox/security';

/** What of a request is kept beside its body. Whatever proves who sent it could be used again, and is masked. */
export function maskedHeaders(raw: readonly string[], scheme: SignatureScheme): string[] {
  // The others say when it was sent, and under which id: connectors read that later.
  const proof = scheme.headers[0]?.toLowerCase();
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const hidden = isSecretName(name) || name.toLowerCase() === proof;
    kept.push(name, hidden ? MASK : (raw[i + 1] ?? ''));
  }
  return kept;
}

/** Of a provider that cannot sign, the token may stand in any parameter of the address. */
export function maskedUrl(url: string, scheme: SignatureScheme): string {
  const start = url.indexOf('?');
  if (start < 0) return url;
  const query = url
    .slice(start + 1)
    .split('&')
    .map((part) => {
      const [name = '', value] = part.split('=', 2);
      return value !== undefined && (scheme.proves === 'credential' || isSecretName(name))
        ? `${name}=${MASK}`
        : part;
    });
  return `${url.slice(0, start)}?${query.join('&')}`;
}
