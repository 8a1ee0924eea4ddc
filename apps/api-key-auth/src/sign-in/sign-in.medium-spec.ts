import {
  authOperations,
  userOperations,
  type ClientOrigin,
  type DomainErrorData,
} from '@signalbox/contracts';
import { metricsText } from '@signalbox/observability';
import { until } from '@signalbox/testing';
import { HERE, refusal, RunningAuth } from '../running-auth-for-spec';

const PASSWORD = 'correct horse';
const SLOWED = { code: 'RATE_LIMITED', messageKey: 'sign_in_slowed' };

describe('guessing passwords', () => {
  let auth: RunningAuth;
  let nth = 0;
  const from = (address: string): ClientOrigin => ({ address, agent: 'curl/8' });
  const someAddress = () => from(`203.0.${Math.floor(++nth / 250)}.${nth % 250}`);

  beforeAll(async () => {
    auth = await RunningAuth.start({ SIGN_IN_FREE_FAILURES: '3' });
    await auth.addReplica();
    for (const username of ['ada', 'grace'])
      await auth.call(userOperations.create, { username, password: PASSWORD, email: '' });
  }, 60_000);

  afterAll(() => auth.stop());

  beforeEach(() => auth.sql('DELETE FROM sign_in_failures'));

  const login = (username: string, password: string, origin = HERE, replica = 0) =>
    auth.call(authOperations.login, { username, password, origin }, {}, replica);
  const guess = async (username: string, origin = HERE, replica = 0): Promise<DomainErrorData> =>
    (await refusal(login(username, 'wrong', origin, replica))) as DomainErrorData;
  const guessSecret = async (origin = HERE): Promise<DomainErrorData> =>
    (await refusal(
      auth.call(authOperations.loginWithSecret, { secret: 'wrong', origin }),
    )) as DomainErrorData;
  const codesOf = async (count: number, one: (i: number) => Promise<DomainErrorData>): Promise<string[]> => {
    const codes: string[] = [];
    for (let i = 0; i < count; i += 1) codes.push((await one(i)).code);
    return codes;
  };
  /** Seconds to wait that were set after the last failure. */
  const waitSet = async (): Promise<number | undefined> => {
    const [row] = await auth.sql<{ seconds: number }>(
      'SELECT floor(extract(epoch FROM max(wait_until - last_at)))::integer AS seconds FROM sign_in_failures',
    );
    return row?.seconds;
  };
  /** As if so many seconds had passed since. */
  const pass = (seconds: number) =>
    auth.sql(
      `UPDATE sign_in_failures SET last_at = last_at - make_interval(secs => $1),
              wait_until = wait_until - make_interval(secs => $1)`,
      [seconds],
    );

  it('has to wait after a few failures, with the right password too, on every replica', async () => {
    expect(await codesOf(3, () => guess('ada'))).toEqual(Array(3).fill('UNAUTHENTICATED'));
    await auth.waitLonger();
    for (const replica of [0, 1]) {
      const slowed = (await refusal(login('ada', PASSWORD, HERE, replica))) as DomainErrorData;
      const { retryAfter = 0 } = slowed;
      expect(slowed).toEqual({ ...SLOWED, retryAfter, params: { seconds: retryAfter } });
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(61);
    }
    await pass(61);
    await expect(login('ada', PASSWORD)).resolves.toBeDefined();
  });

  it('has to wait twice as long after each further one', async () => {
    await codesOf(3, () => guess('ada'));
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) {
      const wait = await waitSet();
      waits.push(wait);
      await auth.waitLonger();
      expect(await guess('ada')).toMatchObject(SLOWED);
      await pass((wait ?? 0) + 61);
      expect(await guess('ada')).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32]);
  });

  it('keeps nobody else out: neither the account from elsewhere, nor others from there', async () => {
    await codesOf(4, () => guess('ada'));
    await expect(login('ada', PASSWORD, from('198.51.100.9'))).resolves.toBeDefined();
    await expect(login('grace', PASSWORD)).resolves.toBeDefined();
  });

  it('is the same for a name that nobody has', async () => {
    const codes = async (username: string) => {
      const free = await codesOf(3, () => guess(username));
      await auth.waitLonger();
      return [...free, ...(await codesOf(2, () => guess(username)))];
    };
    expect(await codes('nobody')).toEqual(await codes('ada'));
  });

  it('counts a name in whatever case, and a network of IPv6 as one', async () => {
    await codesOf(3, (i) => guess(i % 2 ? 'ADA' : 'ada', from(`2001:db8::${i + 1}`)));
    await auth.waitLonger();
    expect(await guess('Ada', from('2001:db8::ffff'))).toMatchObject(SLOWED);
    expect(await guess('ada', from('2001:db8:0:1::1'))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('begins anew after a success, and is forgiven after a while', async () => {
    await codesOf(2, () => guess('ada'));
    await login('ada', PASSWORD);
    expect(await codesOf(3, () => guess('ada'))).toEqual(Array(3).fill('UNAUTHENTICATED'));
    await pass(3 * 900);
    expect(await codesOf(3, () => guess('ada'))).toEqual(Array(3).fill('UNAUTHENTICATED'));
    await auth.waitLonger();
    expect(await guess('ada')).toMatchObject(SLOWED);
  });

  it('slows an address that tries many names', async () => {
    let names = 0;
    const guessAnother = () => guess(`name-${(names += 1)}`);
    expect(await codesOf(30, guessAnother)).toEqual(Array(30).fill('UNAUTHENTICATED'));
    // On a busy machine one is forgiven meanwhile.
    await until('the address is slowed', 10_000, async () => {
      await auth.waitLonger();
      return (await guessAnother()).code === SLOWED.code;
    });
    await expect(login('ada', PASSWORD, someAddress())).resolves.toBeDefined();
  });

  it('makes each of many addresses wait after one failure, and none before its first attempt', async () => {
    // 60, and as many as are forgiven in some minutes.
    await codesOf(64, () => guess('ada', someAddress()));
    const another = someAddress();
    expect(await guess('ada', another)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await waitSet()).toBe(30);
    await auth.waitLonger();
    expect(await guess('ada', another)).toMatchObject(SLOWED);
    await expect(login('ada', PASSWORD, someAddress())).resolves.toBeDefined();
    await expect(login('grace', PASSWORD, another)).resolves.toBeDefined();
  });

  it('lets many guesses at once through no faster than one after the other', async () => {
    const codes = await Promise.all(Array.from({ length: 20 }, () => guess('ada')));
    const letIn = codes.filter(({ code }) => code === 'UNAUTHENTICATED').length;
    expect(letIn).toBeGreaterThanOrEqual(3);
    // Two more where it took three seconds.
    expect(letIn).toBeLessThanOrEqual(5);
  });

  it('lets many right passwords through at once', async () => {
    await expect(Promise.all(Array.from({ length: 8 }, () => login('ada', PASSWORD)))).resolves.toHaveLength(
      8,
    );
  });

  it('is slowed for the administrator’s secret as for an account of its own', async () => {
    await codesOf(3, () => guessSecret());
    await auth.waitLonger();
    expect(await guessSecret()).toMatchObject(SLOWED);
    await expect(login('admin', 'test-admin-password')).resolves.toBeDefined();
  });

  it('leaves neither names nor passwords behind, and is counted', async () => {
    await codesOf(3, () => guess('a-telling-name'));
    await auth.waitLonger();
    expect(await guess('a-telling-name')).toMatchObject(SLOWED);
    const kept = JSON.stringify(await auth.sql('SELECT * FROM sign_in_failures'));
    expect(kept).not.toMatch(/telling|203\.0/);
    expect((await metricsText()).body).toMatch(/signalbox_sign_ins_total\{outcome="slowed"\} [1-9]/);
  });
});
