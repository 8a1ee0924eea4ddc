import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { outboundEventType, toCloudEvent } from '@signalbox/connectors';
import {
  DomainError,
  eventOperations,
  type InboundRule,
  type NormalizedEvent,
  patternsMatching,
  SYSTEM,
} from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { isFinal } from '../../final-error';
import type { EndpointRules } from '../endpoints/endpoints.repository';
import { isAway } from './after-failure';
import { publicationId, ruleKey } from './publication-id';

const CALL_MS = 5_000;
/** Under way at once for one delivery: some tell of thousands of events. */
export const AT_ONCE = 64;
/** Characters of what is under way at once, whatever a single one needs. */
const AT_ONCE_LENGTH = 1024 * 1024;

/** So many in a row that nobody answers for: whoever takes them is away, and the others would only wait for that too. */
const IN_VAIN = 4;

/** So many events are held against the rules in one go, each against all of them; then others get their turn. */
const MATCHED_AT_ONCE = 64;

/** A delivery that was received, and what it tells of. */
export interface Arrival {
  readonly id: string;
  readonly endpointId: string;
  readonly replays: number;
  readonly events: readonly NormalizedEvent[];
  /** What the body says of each of the events, in their order; undefined where that is no JSON. Read only where a rule wants it. */
  readonly payloads: () => readonly unknown[];
}

interface Publication {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** For some of it nobody answered, but for some of it somebody did. */
class PartlyAnswered extends Error {
  constructor(override readonly cause: Error) {
    super('Nobody answered for some of what goes out', { cause });
  }
}

/** Sends inbound events on their way out, each once by each rule that matches. */
@Injectable()
export class Forwarder {
  constructor(private readonly rpc: RpcClient) {}

  /**
   * What one rule or one event is refused for holds up no other.
   * @param goOn called between one lot and the next; where it throws nothing more is sent
   * @returns how many went out
   * @throws DomainError of the first that did not, rather one that may go out by the next try; those that went out are not sent again by
   * it. One that says that nobody answers where nobody did for any of it, else that is only the `cause`.
   */
  async forward(arrival: Arrival, endpoint: EndpointRules, goOn: () => Promise<void>): Promise<number> {
    let sent = 0;
    let inVain = 0;
    let begun = false;
    let answered = false;
    let passing: Error | undefined;
    let final: Error | undefined;
    for (const lot of lots(publications(arrival, endpoint))) {
      if (lot === null) {
        await nextTurn();
        continue;
      }
      if (begun) await goOn();
      begun = true;
      const settled = await Promise.allSettled(lot.map((one) => this.publish(one, arrival, endpoint)));
      const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
      sent += lot.length - refused.length;
      final ??= refused.find(isFinal);
      passing ??= refused.find((error) => !isFinal(error));
      answered ||= refused.length < lot.length || !refused.every(isAway);
      const unanswered = refused.length === lot.length && !refused.some(isFinal);
      inVain = unanswered ? inVain + lot.length : 0;
      if (inVain >= IN_VAIN) break;
    }
    const failure = passing ?? final;
    if (failure !== undefined) throw answered && isAway(failure) ? new PartlyAnswered(failure) : failure;
    return sent;
  }

  private async publish(
    { id, type, data }: Publication,
    { events: [event] }: Arrival,
    { project_id }: EndpointRules,
  ): Promise<void> {
    await this.rpc.call(
      eventOperations.publish,
      { event_type: type, project_id, data, source: event?.provider ?? 'inbound' },
      { context: { principal: SYSTEM, idempotencyId: id }, deadlineMs: CALL_MS },
    );
  }
}

/**
 * Each made when it is asked for: all of them may be a thousand times what was received. Null now and then, for a pause: there may be
 * as many that no rule wants.
 */
function* publications(arrival: Arrival, endpoint: EndpointRules): Generator<Publication | null> {
  const rules = new Map(endpoint.rules.map((rule) => [ruleKey(rule), rule]));
  let payloads: readonly unknown[] | undefined;
  for (const [n, event] of arrival.events.entries()) {
    if (n > 0 && n % MATCHED_AT_ONCE === 0) yield null;
    const type = outboundEventType(event);
    const patterns = new Set(patternsMatching(type));
    for (const [key, rule] of rules) {
      if (!rule.events.some((pattern) => patterns.has(pattern))) continue;
      if (rule.include_payload) payloads ??= arrival.payloads();
      yield publication(arrival, endpoint, { event, type, payload: payloads?.[event.part] }, rule, key);
    }
  }
}

function* lots(all: Iterable<Publication | null>): Generator<readonly Publication[] | null> {
  let lot: Publication[] = [];
  let length = 0;
  for (const one of all) {
    if (one === null) {
      yield null;
      continue;
    }
    lot.push(one);
    length += one.data.length;
    if (lot.length < AT_ONCE && length < AT_ONCE_LENGTH) continue;
    yield lot;
    lot = [];
    length = 0;
  }
  if (lot.length > 0) yield lot;
}

function publication(
  { id, endpointId, replays }: Arrival,
  { integration_id }: EndpointRules,
  { event, type: ownType, payload }: { event: NormalizedEvent; type: string; payload: unknown },
  rule: InboundRule,
  key: string,
): Publication {
  const type = rule.event_type ?? ownType;
  const publicId = publicationId(id, replays, event.part, key);
  const data = {
    ...event,
    inbound_event_id: id,
    endpoint_id: endpointId,
    integration_id,
    ...(rule.include_payload && payload !== undefined && { payload }),
  };
  const sent =
    rule.format === 'cloudevents' ? { ...toCloudEvent(event, { id: publicId, data }), type } : data;
  return { id: publicId, type, data: JSON.stringify(sent) };
}

/** For people, without anything of what was sent. */
export function reasonOf(error: unknown): string {
  if (error instanceof PartlyAnswered) return reasonOf(error.cause);
  if (!(error instanceof DomainError)) return 'INTERNAL';
  const fields = (error.data.fields ?? []).map(({ field, key }) => `${field}: ${key}`).slice(0, 5);
  return [error.code, ...fields].join('; ').slice(0, 500);
}
