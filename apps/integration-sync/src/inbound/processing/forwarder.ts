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
import type { EndpointRules } from '../endpoints/endpoints.repository';
import { publicationId } from './publication-id';

const CALL_MS = 5_000;
/** Under way at once for one delivery: some tell of thousands of events. */
const AT_ONCE = 64;

/** A delivery that was received, and what it tells of. */
export interface Arrival {
  readonly id: string;
  readonly endpointId: string;
  readonly replays: number;
  readonly events: readonly NormalizedEvent[];
  /** JSON of the body, undefined where it is none. */
  readonly payload: unknown;
}

interface Publication {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** Sends inbound events on their way out, each once by each rule that matches. */
@Injectable()
export class Forwarder {
  constructor(private readonly rpc: RpcClient) {}

  /**
   * @returns how many went out
   * @throws DomainError of the first that did not; those that went out are not sent again by the next try
   */
  async forward(arrival: Arrival, endpoint: EndpointRules): Promise<number> {
    const publications = arrival.events.flatMap((event) =>
      endpoint.rules.flatMap((rule, index) =>
        matches(rule, event) ? [publication(arrival, endpoint, event, rule, index)] : [],
      ),
    );
    for (let i = 0; i < publications.length; i += AT_ONCE) {
      const settled = await Promise.allSettled(
        publications.slice(i, i + AT_ONCE).map((one) => this.publish(one, arrival, endpoint)),
      );
      for (const one of settled) if (one.status === 'rejected') throw one.reason;
    }
    return publications.length;
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

function matches({ events }: InboundRule, event: NormalizedEvent): boolean {
  const patterns = new Set(patternsMatching(outboundEventType(event)));
  return events.some((pattern) => patterns.has(pattern));
}

function publication(
  { id, endpointId, replays, payload }: Arrival,
  { integration_id }: EndpointRules,
  event: NormalizedEvent,
  rule: InboundRule,
  index: number,
): Publication {
  const type = rule.event_type ?? outboundEventType(event);
  const publicId = publicationId(id, replays, event.part, index);
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
  if (!(error instanceof DomainError)) return 'INTERNAL';
  const fields = (error.data.fields ?? []).map(({ field, key }) => `${field}: ${key}`).slice(0, 5);
  return [error.code, ...fields].join('; ').slice(0, 500);
}
