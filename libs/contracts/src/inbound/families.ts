/**
 * First words of the types under which inbound events go out, one for each connector. Such types need no registering, and nobody but
 * the hub itself publishes them: who subscribes to `github.*` may rely on it that GitHub said so.
 */
export const INBOUND_FAMILIES: readonly string[] = [
  'azure_devops',
  'bitbucket',
  'discord',
  'docker',
  'generic',
  'gitea',
  'github',
  'gitlab',
  'jenkins',
  'jira',
  'kubernetes',
  'linear',
  'pagerduty',
  'sendgrid',
  'shopify',
  'slack',
  'standard_webhooks',
  'stripe',
  'trello',
  'twilio',
];

const families = new Set(INBOUND_FAMILIES);

/** Of a type or a pattern. */
export function isInboundType(type: string): boolean {
  const dot = type.indexOf('.');
  return dot > 0 && families.has(type.slice(0, dot));
}
