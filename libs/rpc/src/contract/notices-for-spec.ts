import { notice, type Principal } from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import { until } from '@signalbox/testing';
import type { Log } from '../test-service-for-spec';
import { Bench, measured, type OpenPair } from './bench-for-spec';

const toEveryone = notice<unknown>('test.to-everyone', 'everyone');
const toOneOfEach = notice<unknown>('test.to-one-of-each', 'one-of-each');

const ALICE: Principal = { kind: 'user', id: 'u-1', name: 'alice', role: 'member', projects: ['p-1'] };

/** What tellers and listeners may rely on. */
export function noticeContract(open: OpenPair): void {
  const bench = new Bench(open);

  describe('notices', () => {
    it('to everyone are heard by every listener of every process, the teller too', async () => {
      const { caller, callee } = await bench.pair();
      const heard: [string, unknown][] = [];
      await caller.notices.listen(toEveryone, (payload) => void heard.push(['caller', payload]));
      await callee.notices.listen(toEveryone, (payload) => void heard.push(['callee', payload]));
      const payload = { at: new Date(0), list: [1] };
      caller.notices.tell(toEveryone, payload);
      await until('both heard it', 5_000, () => heard.length === 2);
      const asJson = { at: '1970-01-01T00:00:00.000Z', list: [1] };
      expect(heard.sort(([a], [b]) => a.localeCompare(b))).toStrictEqual([
        ['callee', asJson],
        ['caller', asJson],
      ]);
      expect(heard[0]?.[1]).not.toBe(heard[1]?.[1]);
    });

    it('to one of each are heard once by every app that listens', async () => {
      const { caller, callee } = await bench.pair();
      const heard: string[] = [];
      const dispatcher = callee.noticesOf('webhook-dispatcher');
      await caller.noticesOf('gateway').listen(toOneOfEach, (n) => void heard.push(`gateway ${String(n)}`));
      await dispatcher.listen(toOneOfEach, (n) => void heard.push(`dispatcher ${String(n)}`));
      for (const n of [1, 2]) caller.notices.tell(toOneOfEach, n);
      await until('all heard', 5_000, () => heard.length >= 4);
      expect(heard.sort()).toEqual(['dispatcher 1', 'dispatcher 2', 'gateway 1', 'gateway 2']);
    });

    it('to one of each need to know for whom one listens', async () => {
      const { caller } = await bench.pair();
      await expect(caller.notices.listen(toOneOfEach, () => undefined)).rejects.toThrow('must name the app');
    });

    it('are heard outside the call that told them, and go on when a listener fails', async () => {
      const { caller, log } = await bench.pair();
      const scopes: unknown[] = [];
      await caller.notices.listen(toEveryone, () => Promise.reject(new Error('deaf')));
      await caller.notices.listen(toEveryone, () => {
        throw new Error('deaf at once');
      });
      await caller.notices.listen(toEveryone, () => void scopes.push(CallScope.current()));
      const context = { requestId: 'r', traceparent: 't', principal: ALICE, deadline: Date.now() + 5_000 };
      for (const n of [1, 2]) CallScope.run(context, () => caller.notices.tell(toEveryone, n));
      await until('both were heard', 5_000, () => scopes.length === 2);
      expect(scopes).toEqual([undefined, undefined]);
      await until('the failures are logged', 5_000, () => deafness(log) === 4);
    });

    it('that are not JSON are dropped and counted, never thrown', async () => {
      const { caller } = await bench.pair();
      const heard: unknown[] = [];
      await caller.notices.listen(toEveryone, (payload) => void heard.push(payload));
      const before = await dropped();
      caller.notices.tell(toEveryone, { id: 1n });
      caller.notices.tell(toEveryone, undefined);
      caller.notices.tell(toEveryone, 'fine');
      await until('the good one is heard', 5_000, () => heard.length > 0);
      expect(heard).toEqual(['fine']);
      expect((await dropped()) - before).toBe(2);
    });
  });
}

function deafness(log: Log): number {
  return log.lines.filter((line) => line.msg === 'a listener failed').length;
}

function dropped(): Promise<number> {
  return measured('signalbox_rpc_notices_dropped_total', { notice: toEveryone.name });
}
