import { Injectable } from '@nestjs/common';
import {
  connectorById,
  connectorFor,
  ConnectionSettings,
  type ConnectionResult,
  type ConnectorHttp,
  type ConnectorRequest,
  type ConnectorResponse,
} from '@signalbox/connectors';
import { OutboundClient } from '@signalbox/security';
import type { IntegrationSettings } from './settings-vault';

const ANSWER_MS = 10_000;
const ANSWER_BYTES = 256 * 1024;
/** Of a whole test, which may take several requests. */
const TEST_MS = 15_000;

/** The guarded client as connectors use it. */
class GuardedHttp implements ConnectorHttp {
  constructor(private readonly outbound: OutboundClient) {}

  send(request: ConnectorRequest): Promise<ConnectorResponse> {
    return this.outbound.send({ ...request, timeoutMs: ANSWER_MS, responseLimitBytes: ANSWER_BYTES });
  }
}

/** Asks providers whether they can be reached and take the credentials. */
@Injectable()
export class ConnectionTester {
  private readonly http: ConnectorHttp;

  constructor(outbound: OutboundClient) {
    this.http = new GuardedHttp(outbound);
  }

  /** Never throws. A provider that cannot be asked counts as connected: there is nothing that could be wrong. */
  async test(
    integration: { readonly name: string; readonly provider: string },
    { configuration, credentials }: IntegrationSettings,
  ): Promise<ConnectionResult> {
    const connector =
      connectorById(integration.provider) ?? connectorFor({ name: integration.name, configuration });
    if (connector.test === undefined) return { connected: true, account: {} };
    return await connector.test({
      http: this.http,
      settings: new ConnectionSettings(configuration, credentials),
      signal: AbortSignal.timeout(TEST_MS),
    });
  }
}
