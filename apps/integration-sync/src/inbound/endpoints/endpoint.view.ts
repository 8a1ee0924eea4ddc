import type { AuditFields, InboundEndpointView } from '@signalbox/contracts';
import type { InboundEndpointEntity } from './inbound-endpoint.entity';

export function endpointView(endpoint: InboundEndpointEntity, now = Date.now()): InboundEndpointView {
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
    created_at: endpoint.createdAt.toISOString(),
    updated_at: endpoint.updatedAt.toISOString(),
  };
}

/** What is on record. That the secret is another shows; it is masked by its name. */
export function auditedEndpoint(endpoint: InboundEndpointEntity): AuditFields {
  const {
    id: _id,
    created_at: _created,
    updated_at: _updated,
    previous_secret_until: until,
    ...fields
  } = endpointView(endpoint, 0);
  return { ...fields, secret: endpoint.secret, previous_until: until };
}
