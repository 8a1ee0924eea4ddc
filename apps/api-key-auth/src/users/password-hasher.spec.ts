import { SYSTEM, type CallContext } from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import { PasswordHasher } from './password-hasher';

const context = (deadline: number): CallContext => ({
  requestId: 'r',
  traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
  principal: SYSTEM,
  deadline,
});

describe('PasswordHasher', () => {
  it('knows the password of a hash, and no other', async () => {
    const passwords = new PasswordHasher();
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/);
    expect(hash).not.toBe(await passwords.hash('correct horse'));
    await expect(passwords.verify(hash, 'correct horse')).resolves.toBe(true);
    await expect(passwords.verify(hash, 'correct horse ')).resolves.toBe(false);
  });

  it('knows no password where there is no hash', async () => {
    await expect(new PasswordHasher().verify(null, 'correct horse')).resolves.toBe(false);
  });

  it('turns callers away when too many wait, and serves those who wait', async () => {
    const passwords = new PasswordHasher();
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash('x')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(results.length - refused.length).toBeGreaterThanOrEqual(64);
    for (const { reason } of refused)
      expect((reason as { data: unknown }).data).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 2 });
    await expect(passwords.hash('x')).resolves.toContain('argon2id');
  });

  it('does not begin for a caller who has gone', async () => {
    const passwords = new PasswordHasher();
    await expect(CallScope.run(context(Date.now() - 1), () => passwords.hash('x'))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    await expect(
      CallScope.run(context(Date.now() + 60_000), () => passwords.hash('x')),
    ).resolves.toBeTruthy();
  });
});
