import { setImmediate as tick } from 'node:timers/promises';
import { DomainError, operation } from '@signalbox/contracts';
import { until } from '@signalbox/testing';
import { act, ask, put } from '../test-service-for-spec';
import { Bench, failureOf, measured, type OpenPair } from './bench-for-spec';

const nobodys = operation<unknown, unknown>('api-key-auth', 'test.nobodys', 'query');
const orphan = operation<unknown, unknown>('webhook-dispatcher', 'test.orphan', 'query');

/** What a call may rely on. */
export function callContract(open: OpenPair): void {
  const bench = new Bench(open);

  describe('a call', () => {
    it('takes input and output through JSON', async () => {
      const { caller, callee } = await bench.pair();
      const seen: unknown[] = [];
      await bench.serve(callee, {
        ask: (input) => {
          seen.push(input);
          return Promise.resolve({ at: new Date(0), gone: undefined, list: [1, 'é', null] });
        },
      });
      const input = { when: new Date(1), gone: undefined, deep: { text: '\u0000"' } };
      await expect(caller.client.call(ask, input)).resolves.toStrictEqual({
        at: '1970-01-01T00:00:00.000Z',
        list: [1, 'é', null],
      });
      expect(seen).toStrictEqual([{ when: '1970-01-01T00:00:00.001Z', deep: { text: '\u0000"' } }]);
      expect(seen[0]).not.toBe(input);
    });

    it.each([0, 1, 300, 1024 * 1024])('takes %i bytes beside it as they are', async (length) => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, {
        put: ({ name, body }) =>
          Promise.resolve({ name, isBuffer: Buffer.isBuffer(body), base64: body.toString('base64') }),
      });
      const body = Buffer.from(Uint8Array.from({ length }, (_, index) => index * 7));
      await expect(caller.client.call(put, { name: 'é', body })).resolves.toEqual({
        name: 'é',
        isBuffer: true,
        base64: body.toString('base64'),
      });
    });

    it.each([null, false, 0, '', []])('may answer %j', async (value) => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, { ask: (input) => Promise.resolve(input) });
      await expect(caller.client.call(ask, value)).resolves.toStrictEqual(value);
    });

    it('answers many at once, each to its caller', async () => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, {
        ask: async (input) => {
          if (Number(input) % 2 === 0) await tick();
          return input;
        },
      });
      const numbers = Array.from({ length: 500 }, (_, n) => n);
      await expect(Promise.all(numbers.map((n) => caller.client.call(ask, n)))).resolves.toEqual(numbers);
    });

    it('fails with SERVICE_UNAVAILABLE when the service is not there', async () => {
      const { caller } = await bench.pair();
      expect((await failureOf(caller.client.call(nobodys, {}))).code).toBe('SERVICE_UNAVAILABLE');
    });

    it('fails with SERVICE_UNAVAILABLE when the service does not know the operation', async () => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, {});
      expect((await failureOf(caller.client.call(orphan, {}))).code).toBe('SERVICE_UNAVAILABLE');
    });

    it('is refused when too many wait already', async () => {
      const { caller, callee } = await bench.pair({ maxPendingCalls: 1 });
      const { released, release } = bench.gate();
      await bench.serve(callee, { ask: () => released.then(() => 'late') });
      const first = caller.client.call(ask, {});
      expect((await failureOf(caller.client.call(ask, {}))).code).toBe('SERVICE_UNAVAILABLE');
      release();
      await expect(first).resolves.toBe('late');
      await expect(caller.client.call(ask, {})).resolves.toBe('late');
    });

    it('is counted by operation and outcome, on both sides', async () => {
      const { caller, callee } = await bench.pair();
      await bench.serve(callee, {
        ask: (input) => (input === 'bad' ? Promise.reject(DomainError.notFound('user')) : Promise.resolve(1)),
      });
      const counts = async () => [
        await count('call', 'ok'),
        await count('call', 'NOT_FOUND'),
        await count('handling', 'ok'),
        await count('handling', 'NOT_FOUND'),
      ];
      const before = await counts();
      await caller.client.call(ask, 'good');
      await failureOf(caller.client.call(ask, 'bad'));
      expect(await counts()).toEqual(before.map((n) => n + 1));
    });
  });

  describe('the deadline', () => {
    it('ends a call whose handler hangs, with DEADLINE_EXCEEDED', async () => {
      const { caller, callee } = await bench.pair();
      const { released } = bench.gate();
      await bench.serve(callee, { ask: () => released });
      const error = await failureOf(caller.client.call(ask, {}, { deadlineMs: 100 }));
      expect(error.code).toBe('DEADLINE_EXCEEDED');
    });

    it('keeps a request that waited too long from being run', async () => {
      const { caller, callee } = await bench.pair({ concurrency: 1 });
      const { released, release } = bench.gate();
      const run: unknown[] = [];
      await bench.serve(callee, {
        act: async (input) => {
          run.push(input);
          if (input === 'slow') await released;
          return input;
        },
      });
      const slow = caller.client.call(act, 'slow');
      await until('the first runs', 5_000, () => run.length === 1);
      const error = await failureOf(caller.client.call(act, 'abandoned', { deadlineMs: 100 }));
      expect(error.code).toBe('DEADLINE_EXCEEDED');
      release();
      await slow;
      await expect(caller.client.call(act, 'next')).resolves.toBe('next');
      expect(run).toEqual(['slow', 'next']);
    });

    it('that has passed keeps a request from being sent', async () => {
      const { caller, callee } = await bench.pair();
      let runs = 0;
      await bench.serve(callee, { act: () => Promise.resolve(++runs) });
      const context = { deadline: Date.now() - 1 };
      expect((await failureOf(caller.client.call(act, {}, { context }))).code).toBe('DEADLINE_EXCEEDED');
      await expect(caller.client.call(act, {})).resolves.toBe(1);
    });
  });

  describe('closing', () => {
    it('a service takes nothing more, waits for what is under way and answers it', async () => {
      const { caller, callee } = await bench.pair({ drainMs: 20_000 });
      const { released, release } = bench.gate();
      const events: string[] = [];
      const stop = await bench.serve(callee, {
        act: async (input) => {
          events.push(`started ${String(input)}`);
          await released;
          events.push('ended');
          return 'done';
        },
      });
      const underWay = caller.client.call(act, 1);
      await until('it runs', 5_000, () => events.length === 1);
      const stopped = stop().then(() => events.push('stopped'));
      // A broker hands over what comes before it has heard of it.
      await until('it takes nothing more', 10_000, async () => {
        const before = events.length;
        const late = await failureOf(caller.client.call(act, 2, { deadlineMs: 300 }));
        expect(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(late.code);
        return events.length === before;
      });
      const taken = events.length;
      release();
      await expect(underWay).resolves.toBe('done');
      await stopped;
      expect(events.slice(taken)).toEqual([...Array<string>(taken).fill('ended'), 'stopped']);
    });

    it('does not wait for ever, and leaves no call unsettled', async () => {
      const { caller, callee } = await bench.pair({ drainMs: 100 });
      const { released } = bench.gate();
      let runs = 0;
      const stop = await bench.serve(callee, {
        act: () => {
          runs += 1;
          return released;
        },
      });
      const hanging = failureOf(caller.client.call(act, {}, { deadlineMs: 60_000 }));
      await until('it runs', 5_000, () => runs === 1);
      await stop();
      await callee.close(100);
      await caller.close(100);
      expect((await hanging).code).toBe('DEADLINE_EXCEEDED');
      expect(caller.connected()).toBe(false);
      expect((await failureOf(caller.client.call(act, {}))).code).toBe('SERVICE_UNAVAILABLE');
    });
  });
}

function count(side: 'call' | 'handling', outcome: string): Promise<number> {
  return measured(`signalbox_rpc_${side}_duration_seconds`, { operation: ask.name, outcome });
}
