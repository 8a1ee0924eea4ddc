import { Injectable } from '@nestjs/common';
import {
  connectorById,
  connectorFor,
  ConnectionSettings,
  type ConnectionResult,
} from '@signalbox/connectors';
import { GuardedHttp } from './guarded-http';
import type { IntegrationSettings } from './settings-vault';

/** Of a whole test, which may take several requests. */
const TEST_MS = 15_000;

/** Asks providers whether they can be reached and take the credentials. */
@Injectable()
export class ConnectionTester {
  constructor(private readonly http: GuardedHttp) {}

  /** Never throws. A provider that cannot be asked counts as connected: there is nothing that could be wrong. One that is cut short by the signal counts as unreachable. */
  async test(
    integration: { readonly name: string; readonly provider: string },
    { configuration, credentials }: IntegrationSettings,
    signal: AbortSignal,
  ): Promise<ConnectionResult> {
    const connector =
      connectorById(integration.provider) ?? connectorFor({ name: integration.name, configuration });
    if (connector.test === undefined) return { connected: true, account: {} };
    return await connector.test({
      http: this.http,
      settings: new ConnectionSettings(configuration, credentials),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TEST_MS)]),
    });
  }
}
