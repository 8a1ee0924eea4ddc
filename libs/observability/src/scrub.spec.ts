import { REDACTED, scrub, scrubText } from './scrub';

describe('scrub', () => {
  it.each([
    'password',
    'ADMIN_PASSWORD',
    'newPassphrase',
    'secret',
    'clientSecret',
    'client_secrets',
    'access_token',
    'refreshToken',
    'Authorization',
    'Set-Cookie',
    'X-API-Key',
    'apiKeys',
    'credentials',
    'private_key',
    'encryptionKey',
    'X-EmbedAI-Signature',
  ])('replaces the value of %s at any depth, whatever its type', (key) => {
    expect(scrub({ a: [{ [key]: 'hush' }], b: { c: { [key]: { d: 1 } } }, [key]: 7 })).toEqual({
      a: [{ [key]: REDACTED }],
      b: { c: { [key]: REDACTED } },
      [key]: REDACTED,
    });
  });

  it('keeps what is no secret', () => {
    const value = {
      keyboard: 'x',
      token_url: 'x',
      hasPassword: true,
      token: null,
      webhook: { id: '1', secret: undefined },
    };
    expect(scrub(value)).toEqual(value);
  });

  it('names further secret keys', () => {
    expect(scrub({ DATABASE_URL: 'x', PORT: 1 }, (key) => key === 'DATABASE_URL')).toEqual({
      DATABASE_URL: REDACTED,
      PORT: 1,
    });
  });

  it('follows the causes of errors and leaves out what a database error repeats of the row', () => {
    const driver = Object.assign(new Error('violates'), {
      code: '23505',
      detail: 'Failing row contains (hush)',
      parameters: ['hush'],
    });
    const cause = Object.assign(new Error('inner', { cause: driver }), { config: { apiKey: 'hush' } });
    const error = new AggregateError([cause], 'outer');
    const logged = scrub({ err: error });
    expect(logged).toMatchObject({
      err: {
        type: 'AggregateError',
        message: 'outer',
        errors: [{ config: { apiKey: REDACTED }, cause: { message: 'violates', code: '23505' } }],
      },
    });
    expect(JSON.stringify(logged)).not.toContain('hush');
  });

  it('is bounded in depth, breadth and length, and survives cycles and throwing getters', () => {
    const circular: Record<string, unknown> = { long: 'x'.repeat(100_000), many: new Array(10_000).fill(1) };
    circular.self = circular;
    let deep: unknown = 'end';
    for (let i = 0; i < 10_000; i += 1) deep = [deep];
    circular.deep = deep;
    circular.broken = {
      get value() {
        throw new Error('no');
      },
    };
    const text = JSON.stringify(scrub(circular));
    expect(text.length).toBeLessThan(12_000);
    expect(text).toContain('"self":"[circular]"');
    expect(text).toContain('"broken":"[unreadable]"');
  });

  it('writes dates, URLs, maps, bytes and big numbers in a readable way', () => {
    expect(
      scrub({
        at: new Date(0),
        url: new URL('http://a/b'),
        map: new Map([['k', 1]]),
        raw: Buffer.from('hush'),
        big: 5n,
      }),
    ).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      url: 'http://a/b',
      map: [['k', 1]],
      raw: '[4 bytes]',
      big: '5',
    });
  });
});

describe('scrubText', () => {
  it.each([
    ['connect postgres://hub:hush@db:5432/x failed', 'connect postgres://hub:[redacted]@db:5432/x failed'],
    ['amqps://:hush@mq', 'amqps://:[redacted]@mq'],
    ['sent Authorization: Bearer abcdefghijk', 'sent Authorization: Bearer [redacted]'],
    ['token eyJhbGciOi.eyJzdWIi.c2ln_bmF0 refused', 'token [redacted] refused'],
    ['secret whsec_aGVsbG8gd29ybGQ=!', 'secret [redacted]!'],
    ['key eak_0123456789abcdefghijklmnopqrstuv!', 'key eak_0123[redacted]!'],
    ['http://host:80/a:b@c and a:b@c', 'http://host:80/a:b@c and a:b@c'],
  ])('%s', (text, expected) => {
    expect(scrubText(text)).toBe(expected);
  });
});
