import { judgeRefresh, REPEAT_WITHIN_MS, type LockedSession } from './refresh-rule';

const session: LockedSession = {
  userId: 'user',
  tokenId: 'now',
  spentTokenId: 'before',
  spentBy: 'client',
  issuedAt: new Date(),
  ageMs: 1_000,
  live: true,
};

describe('judgeRefresh', () => {
  it.each([
    ['the valid token is used', session, 'now', 'client', 'rotate'],
    ['the valid token is used by another client', session, 'now', 'other', 'rotate'],
    ['the spent token comes again from the same client', session, 'before', 'client', 'repeat'],
    ['just within the time', { ...session, ageMs: REPEAT_WITHIN_MS }, 'before', 'client', 'repeat'],
    ['just too late', { ...session, ageMs: REPEAT_WITHIN_MS + 1 }, 'before', 'client', 'revoke'],
    ['the spent token comes from another client', session, 'before', 'other', 'revoke'],
    ['an older token comes again', session, 'long ago', 'client', 'revoke'],
    [
      'nothing was spent yet',
      { ...session, spentTokenId: null, spentBy: null },
      'before',
      'client',
      'revoke',
    ],
    ['the session is over', { ...session, live: false }, 'now', 'client', 'revoke'],
  ] as const)('%s', (_case, state, tokenId, client, verdict) => {
    expect(judgeRefresh(state, tokenId, client)).toBe(verdict);
  });
});
