import { randomUUID } from 'node:crypto';
import type { Hub } from '../hub';

export interface MadeUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  /** As the hub answers it. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export const MISSING = {
  status: 404,
  body: { error: { code: 'RESOURCE_NOT_FOUND', message: 'User not found' } },
} as const;

export async function makeUser(hub: Hub, fields: Readonly<Record<string, unknown>> = {}): Promise<MadeUser> {
  const username = `jane-${randomUUID()}`;
  const password = 'correct horse battery staple';
  const { status, body, text } = await hub.call<{ id: string }>('POST', '/api/users/', {
    body: { username, password, email: 'jane@example.com', ...fields },
  });
  if (status !== 201) throw new Error(`No user was made: ${text}`);
  return { id: body.id, username, password, shown: { ...body } };
}

/** What a sign-in is answered. */
export async function signInStatus(hub: Hub, username: string, password: string): Promise<number> {
  const answer = await hub.call('POST', '/api/auth/login/', { as: null, body: { username, password } });
  return answer.status;
}

export async function meStatus(hub: Hub, token: string): Promise<number> {
  return (await hub.call('GET', '/api/users/me/', { as: { token } })).status;
}
