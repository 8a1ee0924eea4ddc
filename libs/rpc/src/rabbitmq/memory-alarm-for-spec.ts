import type { Wire } from '@signalbox/testing';

/** Tells the process that the broker is short of memory (`connection.blocked`), as it does when it really is. */
export function block(wire: Wire): void {
  wire.say(frame(60, [6, ...Buffer.from('memory')]));
}

/** `connection.unblocked` */
export function unblock(wire: Wire): void {
  wire.say(frame(61, []));
}

/** A method frame of class `connection`. */
function frame(method: number, payload: readonly number[]): Buffer {
  return Buffer.from([1, 0, 0, 0, 0, 0, 4 + payload.length, 0, 10, 0, method, ...payload, 0xce]);
}
