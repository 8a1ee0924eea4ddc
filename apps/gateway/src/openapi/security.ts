import { ROLES, SCOPES } from '@signalbox/contracts';
import type { AccessRule } from '../access/access-rule';
import type { Operation } from './schema';

type Security = NonNullable<Operation['security']>;

/** The four ways to say who is calling; all of them work on every surface. */
export const SECURITY_SCHEMES = {
  bearerToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: '`Authorization: Bearer <access token>`',
  },
  bearerKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'API key',
    description: '`Authorization: Bearer <API key>`',
  },
  authorizationKey: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Authorization: ApiKey <API key>`: the value starts with `ApiKey `',
  },
  headerKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: '`X-API-Key: <API key>`' },
} as const;

const ANY_SCHEME: Security = Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }));

export function securityOf({ credential }: AccessRule): Security {
  if (credential === 'none') return [];
  return credential === 'optional' ? [{}, ...ANY_SCHEME] : ANY_SCHEME;
}

/** True where somebody with a good credential may still be refused. */
export function mayForbid({ credential, roles, scopes }: AccessRule): boolean {
  return credential === 'required' && (roles.length < ROLES.length || scopes.length < SCOPES.length);
}

/** Who may call, in words. */
export function accessText(rule: AccessRule): string {
  if (rule.credential === 'none') return 'Public: no credential is needed.';
  if (rule.credential === 'optional') return 'Public; a credential may show more.';
  if (!mayForbid(rule)) return 'Needs any valid credential.';
  return `Needs a user who is ${orList(rule.roles)}, or an API key with the scope ${orList(rule.scopes)}.`;
}

function orList(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' or ');
}
