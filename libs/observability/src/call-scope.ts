import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallContext } from '@signalbox/contracts';

const storage = new AsyncLocalStorage<CallContext>();

/** The context of the call that is being handled: set by the gateway for a request, by a transport for an operation. */
export const CallScope = {
  run<T>(context: CallContext, work: () => T): T {
    return storage.run(context, work);
  },
  current(): CallContext | undefined {
    return storage.getStore();
  },
};
