import { OutboundError } from '@signalbox/security';
import type { ConnectionContext } from '../connector';
import { ConnectionError, type ConnectorRequest, type ConnectorResponse } from './connection';

/** An answer of any status. @throws ConnectionError where there is none: what the client says may quote the URL */
export async function call(
  { http, signal }: ConnectionContext,
  request: Omit<ConnectorRequest, 'signal'>,
): Promise<ConnectorResponse> {
  try {
    return await http.send({ ...request, signal });
  } catch (error) {
    // Of a request only the headers can be such, and of those only what is made of credentials.
    if (error instanceof OutboundError && error.code === 'invalid_request')
      throw new ConnectionError('invalid_settings', 'a credential has characters that cannot be sent');
    throw noAnswer();
  }
}

export const noAnswer = (): ConnectionError =>
  new ConnectionError('unreachable', 'the provider gave no answer');
