import type { InboundRule } from '@signalbox/contracts';
import { sha256Hex } from '@signalbox/security';

/**
 * What a rule says, whatever its place among others: rules may be changed between two attempts. Of two that say the same there is one.
 */
export function ruleKey({ events, to, event_type, format, include_payload }: InboundRule): string {
  return sha256Hex(JSON.stringify([[...events].sort(), to, event_type, format, include_payload]));
}

/**
 * The id under which one event of a delivery goes out by one rule: the same however often the delivery is processed, so that it goes out
 * once; another when somebody replays it. A UUIDv7 of the time at which the delivery came.
 */
export function publicationId(eventId: string, replays: number, part: number, rule: string): string {
  const time = eventId.replaceAll('-', '').slice(0, 12);
  const digest = sha256Hex(`${eventId} ${replays} ${part} ${rule}`);
  const variant = ((parseInt(digest.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${digest.slice(0, 3)}`,
    `${variant}${digest.slice(4, 7)}`,
    digest.slice(7, 19),
  ].join('-');
}
