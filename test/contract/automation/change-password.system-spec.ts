import { useHub } from '../hub';
import { TEXT } from '../samples';
import { makeUser, meStatus, signInStatus, type MadeUser } from './users';

const hub = useHub();
const NEW_PASSWORD = 'a new password';

const change = (token: string | null, current_password: string, new_password = NEW_PASSWORD) =>
  hub.call('POST', '/api/users/me/password/', {
    as: token === null ? null : { token },
    body: { current_password, new_password },
  });

async function signedIn(): Promise<MadeUser & { token: string }> {
  const user = await makeUser(hub);
  return { ...user, token: (await hub.signIn(user.username, user.password)).access };
}

describe('POST /api/users/me/password/', () => {
  test('changes the password of whoever asks, and ends every session', async () => {
    const user = await signedIn();
    const { access: other } = await hub.signIn(user.username, user.password);
    expect(await change(user.token, user.password)).toMatchObject({ status: 204, text: '' });
    for (const token of [user.token, other]) expect(await meStatus(hub, token)).toBe(401);
    expect(await signInStatus(hub, user.username, user.password)).toBe(401);
    expect(await signInStatus(hub, user.username, NEW_PASSWORD)).toBe(200);
  });

  test('needs the password in use', async () => {
    const user = await signedIn();
    expect(await change(user.token, 'not this one')).toMatchObject({
      status: 400,
      body: {
        error: { code: 'VALIDATION_ERROR', details: { current_password: ['is not the password in use'] } },
      },
    });
    expect(await meStatus(hub, user.token)).toBe(200);
  });

  test('needs a new one that is long enough', async () => {
    const user = await signedIn();
    expect(await change(user.token, user.password, 'short')).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { new_password: [TEXT] } } },
    });
  });

  test('is for whoever is signed in', async () => {
    expect(await change(null, 'a password')).toMatchObject({ status: 401 });
  });
});
