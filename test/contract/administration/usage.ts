import { randomUUID } from 'node:crypto';
import { until } from '@signalbox/testing';
import type { Answer } from '../answer';
import type { Hub } from '../hub';
import { BASE, type Data } from './webhooks';

export const STATS = `${BASE}/api-keys/usage-stats`;

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** A new API key of that name. */
export async function makeKey(hub: Hub, fields: Readonly<Record<string, unknown>> = {}): Promise<Key> {
  const name = `key ${randomUUID()}`;
  const { status, text, body } = await hub.call<Data<{ id: string; api_key: string }>>(
    'POST',
    `${BASE}/api-keys`,
    {
      body: { name, scopes: ['read'], rate_limit: 1_000_000, ...fields },
    },
  );
  if (status !== 201) throw new Error(`No key was made: ${text}`);
  return { id: body.data.id, name, token: body.data.api_key };
}

/** Asks until the answer is as it should be: a request counts within some seconds. */
export async function eventually<T>(
  ask: () => Promise<Answer<Data<T>>>,
  holds: (data: T) => boolean,
): Promise<Answer<Data<T>>> {
  let answer: Answer<Data<T>> | undefined;
  await until('the requests count', 20_000, async () => {
    answer = await ask();
    return answer.status === 200 && holds(answer.body.data);
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}\n${answer?.status} ${answer?.text}`);
  });
  if (!answer) throw new Error('Nothing was answered');
  return answer;
}
