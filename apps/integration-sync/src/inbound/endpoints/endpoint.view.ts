import type { AuditFields, InboundEndpointView } from '@signalbox/contracts';
import { hookView } from '../../hooks/hook.view';
import type { ProviderHookEntity } from '../../hooks/provider-hook.entity';
import type { InboundEndpointEntity } from './inbound-endpoint.entity';

export function endpointView(
  endpoint: InboundEndpointEntity,
  hook: ProviderHookEntity | undefined,
  now = Date.now(),
): InboundEndpointView {
  const { previousUntil } = endpoint;
  return {
    id: endpoint.id,
    integration_id: endpoint.integrationId,
    name: endpoint.name,
    description: endpoint.description,
    path: endpoint.path,
    active: endpoint.isActive,
    verify_signature: endpoint.verifySignature,
    signature_header: endpoint.signatureHeader,
    allowed_ips: endpoint.allowedIps,
    rate_limit: endpoint.rateLimit,
    rules: endpoint.rules,
    previous_secret_until:
      previousUntil !== null && previousUntil.getTime() > now ? previousUntil.toISOString() : null,
    registration: hookView(hook),
    created_at: endpoint.createdAt.toISOString(),
    updated_at: endpoint.updatedAt.toISOString(),
  };
}

/** What is on record. That the secret is another shows; it is masked by its name. @param events of a hook, null where none is wanted */
export function auditedEndpoint(
  endpoint: InboundEndpointEntity,
  events: readonly string[] | null,
): AuditFields {
  const {
    id: _id,
    created_at: _created,
    updated_at: _updated,
    previous_secret_until: until,
    registration: _registration,
    ...fields
  } = endpointView(endpoint, undefined, 0);
  return { ...fields, register: events && { events }, secret: endpoint.secret, previous_until: until };
}
