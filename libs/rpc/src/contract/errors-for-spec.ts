import { DomainError } from '@signalbox/contracts';
import { ask, put } from '../test-service-for-spec';
import { Bench, failureOf, type OpenPair } from './bench-for-spec';

/** How failures cross. */
export function errorContract(open: OpenPair): void {
  const bench = new Bench(open);

  describe('an error', () => {
    it('that is coded arrives as the same data', async () => {
      const { caller, callee } = await bench.pair();
      const data = {
        code: 'VALIDATION_FAILED',
        resource: 'webhook',
        messageKey: 'test.key',
        params: { max: 3 },
        fields: [{ field: 'events[1]', key: 'unknown', params: { value: 'x' } }],
        details: { nested: { list: [1] } },
        retryAfter: 7,
      } as const;
      await bench.serve(callee, { ask: () => Promise.reject(new DomainError(data)) });
      const error = await failureOf(caller.client.call(ask, {}));
      expect(error).toBeInstanceOf(DomainError);
      expect(error.data).toStrictEqual(data);
    });

    it('that is coded leaves its cause in the log of the service', async () => {
      const { caller, callee, log } = await bench.pair();
      const cause = new Error('the-cause');
      await bench.serve(callee, {
        ask: () => Promise.reject(new DomainError({ code: 'DATABASE_UNAVAILABLE' }, { cause })),
      });
      const error = await failureOf(caller.client.call(ask, {}));
      expect(error.data).toStrictEqual({ code: 'DATABASE_UNAVAILABLE' });
      expect(JSON.stringify(log.lines)).toContain('the-cause');
    });

    it.each([
      ['an Error', () => Promise.reject(new Error('the-password-is-1234'))],
      [
        'an Error thrown at once',
        () => {
          throw new TypeError('the-password-is-1234');
        },
      ],
    ])(
      'that is not coded (%s) arrives as INTERNAL without its text, which is in the log with its stack',
      async (_name, handler) => {
        const { caller, callee, log } = await bench.pair();
        await bench.serve(callee, { ask: handler });
        const error = await failureOf(caller.client.call(ask, {}));
        expect(error.data).toStrictEqual({ code: 'INTERNAL' });
        expect(`${error.message}${error.stack ?? ''}`).not.toContain('1234');
        const line = log.lines.find((entry) => entry.operation === ask.name && entry.level === 50);
        expect(line?.err).toMatchObject({
          message: 'the-password-is-1234',
          stack: expect.stringContaining('contract'),
        });
      },
    );

    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    it.each([
      ['a BigInt', { id: 1n }],
      ['a cycle', cycle],
      ['undefined', undefined],
      ['a function', () => 1],
      ['a symbol', Symbol('x')],
      ['more than the largest message', 'x'.repeat(20_000)],
    ])('is INTERNAL where the answer is %s, and is logged', async (_name, answer) => {
      const { caller, callee, log } = await bench.pair({ maxMessageBytes: 16_384 });
      let runs = 0;
      await bench.serve(callee, { ask: () => Promise.resolve(runs++ === 0 ? answer : 'fine') });
      expect((await failureOf(caller.client.call(ask, {}))).data).toStrictEqual({ code: 'INTERNAL' });
      expect(log.lines.some((line) => line.level === 50 && line.operation === ask.name)).toBe(true);
      await expect(caller.client.call(ask, {})).resolves.toBe('fine');
    });

    it('whose details are not JSON is INTERNAL', async () => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, {
        ask: () => Promise.reject(new DomainError({ code: 'CONFLICT', details: { cycle } })),
      });
      expect((await failureOf(caller.client.call(ask, {}))).data).toStrictEqual({ code: 'INTERNAL' });
    });

    it.each([
      ['not JSON', undefined],
      ['too large', 'x'.repeat(20_000)],
    ])('is INTERNAL where the input is %s: it is not run, and it is logged', async (_name, input) => {
      const { caller, callee, log } = await bench.pair({ maxMessageBytes: 16_384 });
      let runs = 0;
      await bench.serve(callee, { ask: () => Promise.resolve(++runs) });
      expect((await failureOf(caller.client.call(ask, input))).code).toBe('INTERNAL');
      expect(log.lines.some((line) => line.level === 50)).toBe(true);
      await expect(caller.client.call(ask, {})).resolves.toBe(1);
    });

    it.each([
      ['too large with its bytes', Buffer.alloc(16_384)],
      ['without its bytes', undefined as unknown as Buffer],
      ['with text where its bytes should be', 'text' as unknown as Buffer],
    ])('is INTERNAL where the input is %s: it is not run, and it is logged', async (_name, body) => {
      const { caller, callee, log } = await bench.pair({ maxMessageBytes: 16_384 });
      let runs = 0;
      await bench.serve(callee, { put: () => Promise.resolve(++runs) });
      expect((await failureOf(caller.client.call(put, { name: 'one', body }))).code).toBe('INTERNAL');
      expect(log.lines.some((line) => line.level === 50)).toBe(true);
      await expect(caller.client.call(put, { name: 'two', body: Buffer.alloc(8_192) })).resolves.toBe(1);
    });
  });
}
