import { testLog } from '@signalbox/testing';
import { failureOf } from './contract/bench-for-spec';
import { InProcessTransport } from './in-process/in-process-transport';
import { ask, serve, transportOptions } from './test-service-for-spec';
import { transportContract } from './transport.contract-for-spec';

describe('within a process', () => {
  transportContract((options) => {
    const log = testLog();
    const transport = new InProcessTransport(transportOptions(options), log);
    return Promise.resolve({ caller: transport, callee: transport, log });
  });

  it('a service is served once', async () => {
    const transport = new InProcessTransport(transportOptions(), testLog());
    const stop = await serve(transport, {});
    await expect(serve(transport, {})).rejects.toThrow('served already');
    await stop();
  });

  it('refuses what waits for a service that does nothing any more', async () => {
    const transport = new InProcessTransport(
      transportOptions({ concurrency: 1, maxPendingCalls: 2, drainMs: 10 }),
      testLog(),
    );
    const stop = await serve(transport, { ask: () => new Promise(() => undefined) });
    const codes: string[] = [];
    for (let call = 1; call <= 4; call++) {
      codes.push((await failureOf(transport.client.call(ask, {}, { deadlineMs: 30 }))).code);
    }
    expect(codes).toEqual([
      'DEADLINE_EXCEEDED',
      'DEADLINE_EXCEEDED',
      'DEADLINE_EXCEEDED',
      'SERVICE_UNAVAILABLE',
    ]);
    await stop();
  });
});
