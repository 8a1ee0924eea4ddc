import { Injectable } from '@nestjs/common';
import type { ConnectorHttp, ConnectorRequest, ConnectorResponse } from '@signalbox/connectors';
import { OutboundClient } from '@signalbox/security';

const ANSWER_MS = 10_000;
const ANSWER_BYTES = 256 * 1024;

/** The guarded client as connectors use it. */
@Injectable()
export class GuardedHttp implements ConnectorHttp {
  constructor(private readonly outbound: OutboundClient) {}

  send(request: ConnectorRequest): Promise<ConnectorResponse> {
    return this.outbound.send({ ...request, timeoutMs: ANSWER_MS, responseLimitBytes: ANSWER_BYTES });
  }
}
