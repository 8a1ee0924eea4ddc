import { ConnectionError, type ConnectorResponse } from '../connection/connection';
import { failureOf, parsed } from '../connection/connection-test';

export { call } from '../connection/call';

/** Pages of a provider's list that are looked through for a hook. */
export const MOST_PAGES = 20;

/** @throws ConnectionError where the answer is none that was hoped for, or no JSON */
export function answerOf(response: ConnectorResponse): unknown {
  if (!isGood(response)) throw refusalOf(response);
  const answer = parsed(response);
  if (answer === undefined) {
    throw new ConnectionError(
      'unexpected_answer',
      'the provider answered otherwise than expected',
      response.status,
    );
  }
  return answer;
}

export const isGood = ({ status }: ConnectorResponse): boolean => status >= 200 && status < 300;
export const isMissing = ({ status }: ConnectorResponse): boolean => status === 404 || status === 410;

/** Of a request for something that must be there, or for what nobody has made yet. */
export function refusalOf(response: ConnectorResponse): ConnectionError {
  if (response.status === 404) {
    return new ConnectionError(
      'forbidden',
      'the provider knows no such place for hooks, or the credentials may not see its hooks',
      404,
    );
  }
  if (response.status === 422 || response.status === 400) {
    return new ConnectionError(
      'unexpected_answer',
      'the provider did not take the hook as it is',
      response.status,
    );
  }
  return failureOf(response);
}

/** An id fit to be stored and to be put into a URL. */
export function hookId(value: string | null, status: number | null = null): string {
  if (value === null || /^\.+$/.test(value))
    throw new ConnectionError('unexpected_answer', 'the provider named no hook', status);
  return value;
}
