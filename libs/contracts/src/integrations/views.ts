import type { PageRequest } from '../page';
import type { IntegrationType } from './integration-types';

export const INTEGRATION_STATUSES = ['PENDING', 'ACTIVE', 'INACTIVE', 'ERROR'] as const;
/**
 * `PENDING` until the connection is tested, then `ACTIVE` or `ERROR`, as the last test says. `INACTIVE` is what a person has switched
 * off: no test switches it on.
 */
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];

export const INTEGRATION_ENVIRONMENTS = ['development', 'test', 'staging', 'sandbox', 'production'] as const;
export type IntegrationEnvironment = (typeof INTEGRATION_ENVIRONMENTS)[number];

export const INTEGRATION_LIMITS = {
  name: 255,
  description: 2_000,
  /** Names in a configuration or in credentials. */
  entries: 64,
  /** Characters of JSON of a configuration, and of credentials. */
  settings: 65_536,
} as const;

type Settings = Readonly<Record<string, unknown>>;

export interface IntegrationInput {
  readonly project_id?: string | null;
  readonly name: string;
  readonly description?: string | null;
  readonly type: IntegrationType;
  readonly environment?: IntegrationEnvironment;
  readonly configuration?: Settings;
  readonly credentials?: Settings;
}

/** What is left out stays as it is. A configuration or credentials that are given replace those that were there. */
export interface IntegrationChanges extends Partial<Omit<IntegrationInput, 'type'>> {
  readonly status?: IntegrationStatus;
}

export interface IntegrationFilter extends PageRequest {
  readonly type?: IntegrationType;
  readonly status?: IntegrationStatus;
  readonly environment?: IntegrationEnvironment;
  readonly project_id?: string;
}

/** Never holds credentials. Secrets of the configuration are masked, but in the answer to whoever has just given them. */
export interface IntegrationView {
  readonly id: string;
  readonly project_id: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly type: IntegrationType;
  /** Id of the connector. */
  readonly provider: string;
  readonly status: IntegrationStatus;
  readonly environment: IntegrationEnvironment;
  readonly configuration: Settings;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_connection_test: string | null;
}

export interface ConnectionTestView {
  readonly success: boolean;
  /** Why not, for people. */
  readonly message: string | null;
}

/** What the last connection test found. */
export interface IntegrationStatusView {
  readonly integration: IntegrationView;
  readonly is_connected: boolean;
  readonly last_checked: string | null;
  readonly message: string | null;
  /** Whose credentials they are, as the provider says: `name`, `email`, `country`, … */
  readonly account: Readonly<Record<string, string>> | null;
}

export interface IntegrationVersionView {
  readonly version: number;
  readonly configuration: Settings;
  readonly created_at: string;
  readonly created_by: string;
}

/** The last three are about webhooks that the hub sets up at the provider. */
export const INTEGRATION_ACTIONS = [
  'created',
  'updated',
  'tested',
  'hook_registered',
  'hook_removed',
  'hook_failed',
] as const;
export type IntegrationAction = (typeof INTEGRATION_ACTIONS)[number];

export interface IntegrationActivityView {
  readonly id: string;
  readonly action: IntegrationAction;
  /** Id of a user or an API key; `system` for the hub itself. */
  readonly actor: string;
  readonly details: Settings;
  readonly created_at: string;
}
