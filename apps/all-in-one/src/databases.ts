import type { ServiceDatabase } from '@signalbox/database';
import { authDatabase } from '../../api-key-auth/src/database';
import { integrationsDatabase } from '../../integration-sync/src/database';
import { webhooksDatabase } from '../../webhook-dispatcher/src/database';

export const DATABASES: readonly ServiceDatabase[] = [authDatabase, webhooksDatabase, integrationsDatabase];
