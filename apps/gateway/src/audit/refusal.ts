import type { AuditEntry, DomainErrorData, Principal } from '@signalbox/contracts';
import { auditText } from '@signalbox/observability';
import type { FastifyRequest } from 'fastify';
import { v7 } from 'uuid';
import { KeyAddressRefused } from '../access/key-address-refused';
import { endpointOf } from '../usage/usage-record';

/** The entry of a call that its caller had no right to. */
export function refusalEntry(request: FastifyRequest, error: unknown, data: DomainErrorData): AuditEntry {
  const { hub } = request;
  const who: Principal | undefined = error instanceof KeyAddressRefused ? error.principal : hub.caller;
  return {
    id: v7(),
    time: new Date().toISOString(),
    action: `${request.method} ${endpointOf(hub)}`,
    outcome: 'refused',
    reason: data.messageKey ?? data.code,
    actor_kind: who?.kind ?? null,
    actor_id: auditText(who?.id),
    actor_name: auditText(who?.name),
    resource_type: null,
    resource_id: auditText(lastParameter(request.params)),
    before: null,
    after: null,
    address: auditText(request.ip),
    agent: auditText(request.headers['user-agent']),
    surface: hub.surface.name,
    request_id: auditText(request.id),
  };
}

/** Of what the path names, that which is most particular. */
function lastParameter(params: unknown): string | undefined {
  const values: unknown[] = typeof params === 'object' && params !== null ? Object.values(params) : [];
  const last = values.at(-1);
  return typeof last === 'string' ? last : undefined;
}
