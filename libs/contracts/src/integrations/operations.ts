import { operation } from '../operation';
import type { Page, PageRequest } from '../page';
import type { ConnectorKind } from './integration-types';
import type {
  ConnectionTestView,
  IntegrationActivityView,
  IntegrationChanges,
  IntegrationFilter,
  IntegrationInput,
  IntegrationStatusView,
  IntegrationVersionView,
  IntegrationView,
} from './views';

const SERVICE = 'integration-sync' as const;

/** A provider gets 10 seconds to answer; more, where others are tested too. */
const TEST_DEADLINE_MS = 20_000;

/** What the published health endpoint says about this service; answers while its database is down. */
export interface IntegrationsHealth {
  readonly integrations_active: number | null;
}

export interface IntegrationsSummary {
  readonly total: number;
  readonly active: number;
  readonly by_kind: Readonly<Record<ConnectorKind, number>>;
}

export const integrationOperations = {
  /** Its connection is tested in the background. */
  create: operation<IntegrationInput, IntegrationView>(SERVICE, 'integrations.create', 'command'),
  list: operation<IntegrationFilter, Page<IntegrationView>>(SERVICE, 'integrations.list', 'query'),
  get: operation<{ id: string }, IntegrationView>(SERVICE, 'integrations.get', 'query'),
  /** Another configuration or other credentials make a new version, whose connection is tested in the background. */
  update: operation<{ id: string; changes: IntegrationChanges }, IntegrationView>(
    SERVICE,
    'integrations.update',
    'command',
  ),
  /** What belongs to it goes with it. */
  remove: operation<{ id: string }, { id: string; deleted: true }>(SERVICE, 'integrations.delete', 'command'),
  /** Tests the connection now; never throws for what the provider did. */
  test: operation<{ id: string }, ConnectionTestView>(
    SERVICE,
    'integrations.test',
    'command',
    TEST_DEADLINE_MS,
  ),
  status: operation<{ id: string }, IntegrationStatusView>(SERVICE, 'integrations.status', 'query'),
  /** Newest first. */
  versions: operation<PageRequest & { id: string }, Page<IntegrationVersionView>>(
    SERVICE,
    'integrations.versions',
    'query',
  ),
  /** Newest first. */
  activities: operation<PageRequest & { id: string }, Page<IntegrationActivityView>>(
    SERVICE,
    'integrations.activities',
    'query',
  ),
  /** Of those that the caller may see. */
  summary: operation<Record<string, never>, IntegrationsSummary>(SERVICE, 'integrations.summary', 'query'),
  health: operation<Record<string, never>, IntegrationsHealth>(
    SERVICE,
    'integrations.health',
    'query',
    2_000,
  ),
};
