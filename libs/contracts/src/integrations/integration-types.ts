/** What a connected system is for. In lower case they are the categories of S0's integration types. */
export const INTEGRATION_TYPES = [
  'PAYMENT_GATEWAY',
  'SMS_PROVIDER',
  'EMAIL_PROVIDER',
  'CODE_REPOSITORY',
  'PROJECT_MANAGEMENT',
  'COMMUNICATION',
  'CI_CD',
  'CONTAINER',
  'MONITORING',
  'CRM',
  'SPREADSHEET',
  'AUTOMATION',
  'CUSTOM',
] as const;

export type IntegrationType = (typeof INTEGRATION_TYPES)[number];

/** What there mostly is between the hub and a provider, as published: webhooks, calls with a key, or calls on behalf of somebody. */
export const CONNECTOR_KINDS = ['webhook', 'api_client', 'oauth'] as const;
export type ConnectorKind = (typeof CONNECTOR_KINDS)[number];
