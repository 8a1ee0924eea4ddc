/** Kinds of things that are changed. */
export const AUDIT_RESOURCES = [
  'user',
  'session',
  'api_key',
  'signing_key',
  'usage_report',
  'alert',
  'webhook',
  'event_type',
  'integration',
  'inbound_endpoint',
  'inbound_event',
  'encryption_key',
] as const;
export type AuditResource = (typeof AUDIT_RESOURCES)[number];

/**
 * Every change that is on record, and what it changes: commands by the name of their operation, and what the hub does by itself. A
 * spec holds this against the declared operations: a command is here, or in `NOT_AUDITED` with the reason.
 */
export const AUDITED = {
  'auth.login': 'session',
  'auth.login-with-secret': 'session',
  /** Refused, and the session ended, because a refresh token was used again. A refresh that goes well changes nothing. */
  'auth.refresh': 'session',
  'auth.logout': 'session',
  'users.create': 'user',
  'users.update': 'user',
  'users.remove': 'user',
  'users.change-password': 'user',
  'api-keys.create': 'api_key',
  'api-keys.update': 'api_key',
  'api-keys.rotate': 'api_key',
  'api-keys.revoke': 'api_key',
  'usage-reports.create': 'usage_report',
  'usage-reports.update': 'usage_report',
  'usage-reports.delete': 'usage_report',
  'alerts.create': 'alert',
  'alerts.update': 'alert',
  'alerts.delete': 'alert',
  'webhooks.create': 'webhook',
  'webhooks.update': 'webhook',
  'webhooks.delete': 'webhook',
  'webhooks.test': 'webhook',
  'webhooks.retry': 'webhook',
  'event-types.create': 'event_type',
  'integrations.create': 'integration',
  'integrations.update': 'integration',
  'integrations.delete': 'integration',
  'integrations.test': 'integration',
  'inbound-endpoints.create': 'inbound_endpoint',
  'inbound-endpoints.update': 'inbound_endpoint',
  'inbound-endpoints.delete': 'inbound_endpoint',
  'inbound-endpoints.rotate-secret': 'inbound_endpoint',
  /** By the hub itself: what became of setting a webhook up at the provider, or of removing it there. */
  'inbound-endpoints.register': 'inbound_endpoint',
  'inbound-events.replay': 'inbound_event',
  /** By the hub itself: the endpoint answered 410. */
  'webhooks.disable': 'webhook',
  /** By the command `npm run keys:rotate`. */
  'signing-keys.rotate': 'signing_key',
  /** By the command `npm run encryption:rotate`. */
  'encryption.rotate': 'encryption_key',
} as const satisfies Record<string, AuditResource>;
export type AuditAction = keyof typeof AUDITED;

/** Those of them that are no operation. */
export const AUDITED_WITHOUT_OPERATION: readonly AuditAction[] = [
  'webhooks.disable',
  'inbound-endpoints.register',
  'signing-keys.rotate',
  'encryption.rotate',
];

/** Commands that are not on record, and why. */
export const NOT_AUDITED: Readonly<Record<string, string>> = {
  'events.publish': 'events are traffic: each is kept with who published it, and listed by its deliveries',
  'inbound.take':
    'deliveries are traffic: each is kept as an inbound event; those that are refused are on record as refused calls',
  'api-keys.used':
    'when a key was used last is told by gateways, not by callers; requests are in the usage logs',
  'idempotency.claim': 'what the gateway remembers of a request; the change that it led to is on record',
  'idempotency.settle': 'what the gateway remembers of a request; the change that it led to is on record',
  'idempotency.release': 'what the gateway remembers of a request; the change that it led to is on record',
};
