import { testLog } from '@signalbox/testing';
import { InProcessTransport } from './in-process/in-process-transport';
import { serve, transportOptions } from './test-service-for-spec';
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
});
