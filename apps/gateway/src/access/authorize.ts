import { DomainError, type Principal } from '@signalbox/contracts';
import type { AccessRule } from './access-rule';
import { unauthenticated } from './credential';

/** @throws DomainError `UNAUTHENTICATED` or `FORBIDDEN` unless `rule` lets `principal` in */
export function authorize(rule: AccessRule, principal: Principal | undefined): void {
  if (!principal) {
    if (rule.credential === 'required') throw unauthenticated();
    return;
  }
  const allowed =
    principal.kind === 'user'
      ? principal.role !== undefined && rule.roles.includes(principal.role)
      : (principal.scopes ?? []).some((scope) => rule.scopes.includes(scope));
  if (!allowed) throw new DomainError({ code: 'FORBIDDEN' });
}
