import type { AppName, ServiceName } from '@signalbox/contracts';
import type { Options } from 'amqplib';

export const NOTICES_EXCHANGE = 'signalbox.notices';

export function serviceQueue(service: ServiceName): string {
  return `signalbox.rpc.${service}`;
}

export function noticesQueue(app: AppName): string {
  return `signalbox.notices.${app}`;
}

/** A queue that nobody consumes for this long goes away: then a service counts as gone and callers hear so at once. */
const UNUSED_MS = 30_000;

/**
 * Shared by the processes of a service. The bounds are beyond anything that waits in health: past them the oldest message,
 * whose caller is the first to give up, makes room. Every process must declare the same, so a change needs a new name.
 */
export const SHARED_QUEUE = {
  durable: true,
  expires: UNUSED_MS,
  maxLength: 50_000,
  arguments: { 'x-max-length-bytes': 256 * 1024 * 1024 },
} satisfies Options.AssertQueue;

/** Of one process, as long as its connection. */
export const OWN_QUEUE = {
  exclusive: true,
  durable: false,
  maxLength: 10_000,
} satisfies Options.AssertQueue;
