import { constantTimeEqual } from '@signalbox/security';
import type { InboundDelivery } from '../delivery/inbound-delivery';
import { proofHeaders, refused, verifyWithEach, type SignatureScheme } from './verdict';

/** A shared secret that is sent as it is, in a header. */
export function headerToken(header: string, summary: string): SignatureScheme {
  return {
    summary,
    headers: [header],
    proves: 'credential',
    secret: 'shared',
    toleranceSeconds: null,
    verify(delivery, context) {
      const values = proofHeaders(delivery, [header]);
      if (typeof values === 'string') return refused(values);
      const [given = ''] = values;
      return verifyWithEach(context, (secret) => isSecret(given, secret));
    },
  };
}

/** A header is read byte by byte, and whoever sends what is not ASCII sends it in UTF-8. */
function isSecret(given: string, secret: string): boolean {
  const asSent = constantTimeEqual(given, secret);
  return constantTimeEqual(Buffer.from(given, 'latin1'), secret) || asSent;
}

/** HTTP Basic. The secret is the password, or user and password with a colon between them. */
export function basicCredentials(summary: string): SignatureScheme {
  return {
    summary,
    headers: ['Authorization'],
    proves: 'credential',
    secret: 'shared',
    toleranceSeconds: null,
    verify(delivery, context) {
      const values = proofHeaders(delivery, ['Authorization']);
      if (typeof values === 'string') return refused(values);
      const encoded = afterScheme(values[0] ?? '', 'basic');
      if (encoded === undefined) return refused('malformed_header');
      const given = Buffer.from(encoded, 'base64').toString('utf8');
      const colon = given.indexOf(':');
      if (colon < 0) return refused('malformed_header');
      const password = given.slice(colon + 1);
      return verifyWithEach(
        context,
        (secret) => constantTimeEqual(password, secret) || constantTimeEqual(given, secret),
      );
    },
  };
}

const TOKEN_PARAMETER = 'token';

/** For providers that cannot sign: `Authorization: Bearer`, or where no header can be set `?token=` in the URL. */
export function bearerOrUrlToken(summary: string): SignatureScheme {
  return {
    summary,
    headers: [],
    proves: 'credential',
    secret: 'shared',
    toleranceSeconds: null,
    verify(delivery, context) {
      const given = bearer(delivery);
      if (given === 'repeated_header' || given === 'missing_header') return refused(given);
      return verifyWithEach(context, (secret) => isSecret(given.token, secret));
    },
  };
}

function bearer(delivery: InboundDelivery): { token: string } | 'repeated_header' | 'missing_header' {
  const headers = delivery.headers.all('Authorization');
  if (headers.length > 1) return 'repeated_header';
  const token =
    headers[0] === undefined
      ? delivery.queryParameter(TOKEN_PARAMETER)
      : (afterScheme(headers[0], 'bearer') ?? '');
  return token === undefined || token === '' ? 'missing_header' : { token };
}

function afterScheme(value: string, scheme: string): string | undefined {
  const [name = '', rest] = value.split(' ', 2);
  return name.toLowerCase() === scheme ? rest : undefined;
}
