import { DomainError, SYSTEM, type CallContext, type Principal } from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import { map, type Observable } from 'rxjs';
import { act, ask } from '../test-service-for-spec';
import { Bench, failureOf, type OpenPair } from './bench-for-spec';

const ALICE: Principal = { kind: 'user', id: 'u-1', name: 'alice', role: 'member', projects: ['p-1'] };

/** What goes along with a call. */
export function contextContract(open: OpenPair): void {
  const bench = new Bench(open);

  describe('the context', () => {
    it('given by the caller is what the handler gets, as its argument and as its scope', async () => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, {
        ask: (_input, context) => Promise.resolve([context, CallScope.current()]),
      });
      const context: CallContext = {
        requestId: 'r-1',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        principal: ALICE,
        deadline: Date.now() + 5_000,
        idempotencyId: 'i-1',
        origin: { address: '203.0.113.7', agent: 'curl/8', surface: 'administration' },
      };
      await expect(caller.client.call(ask, {}, { context })).resolves.toStrictEqual([context, context]);
    });

    it('is the hub itself and a new request when nobody called', async () => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, { ask: (_input, context) => Promise.resolve(context) });
      const [one, other] = (await Promise.all([
        caller.client.call(ask, {}),
        caller.client.call(ask, {}),
      ])) as [CallContext, CallContext];
      expect(one.principal).toStrictEqual(SYSTEM);
      expect(one.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(one.deadline - Date.now()).toBeGreaterThan(ask.deadlineMs - 5_000);
      expect(one.deadline - Date.now()).toBeLessThanOrEqual(ask.deadlineMs);
      expect(one.requestId).not.toBe(other.requestId);
      expect(one.traceparent).not.toBe(other.traceparent);
    });

    it('of a handler goes on with the calls it makes, and its deadline is not extended', async () => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, {
        ask: (_input, context) =>
          callee.client.call(act, {}, { deadlineMs: 60_000 }).then((inner) => [context, inner]),
        act: (_input, context) => Promise.resolve(context),
      });
      const origin = { address: '::1', agent: '', surface: 'automation' };
      const context = { principal: ALICE, requestId: 'r-2', idempotencyId: 'i-2', origin };
      const [outer, inner] = (await caller.client.call(ask, {}, { context, deadlineMs: 4_000 })) as unknown[];
      expect(inner).toStrictEqual(outer);
      expect(inner).toMatchObject(context);
    });
  });

  describe('Nest around a handler', () => {
    it('works: interceptors change answers and see errors', async () => {
      const { caller, callee } = await bench.pair();
      const double = {
        intercept: (_context: unknown, next: { handle(): Observable<unknown> }) =>
          next.handle().pipe(map((value) => Number(value) * 2)),
      };
      const handlers = {
        ask: (input: unknown) =>
          input === 'bad'
            ? Promise.reject(DomainError.conflict('webhook'))
            : Promise.resolve(CallScope.current()?.requestId === 'r-3' ? 21 : 0),
      };
      await bench.serve(callee, handlers, (app) => app.useGlobalInterceptors(double));
      const context = { requestId: 'r-3' };
      await expect(caller.client.call(ask, {}, { context })).resolves.toBe(42);
      expect((await failureOf(caller.client.call(ask, 'bad'))).data).toStrictEqual({
        code: 'CONFLICT',
        resource: 'webhook',
      });
    });
  });
}
