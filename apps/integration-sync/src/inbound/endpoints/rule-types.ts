import { Injectable } from '@nestjs/common';
import {
  BUILT_IN_EVENT_TYPES,
  DomainError,
  eventTypeOperations,
  type InboundRule,
  isInboundType,
} from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';

const PAGE = 100;

/** Whether the types that rules name can be published. */
@Injectable()
export class RuleTypes {
  constructor(private readonly rpc: RpcClient) {}

  /**
   * @throws DomainError VALIDATION_FAILED naming each `event_type` that nobody knows, or that is a provider's: whoever subscribes
   *   to those relies on it that nothing else is called so
   */
  async check(rules: readonly InboundRule[]): Promise<void> {
    const unknown = await this.unknown(new Set(rules.flatMap(({ event_type: type }) => type ?? [])));
    const fields = rules.flatMap(({ event_type: type }, index) => {
      if (type === null || !(isInboundType(type) || unknown.has(type))) return [];
      const key = isInboundType(type) ? 'field.event_type_of_provider' : 'field.unknown_event_type';
      return [{ field: `rules[${index}].event_type`, key, params: { type } }];
    });
    if (fields.length > 0) throw DomainError.invalid(...fields);
  }

  private async unknown(types: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const left = new Set(
      [...types].filter((type) => !Object.hasOwn(BUILT_IN_EVENT_TYPES, type) && !isInboundType(type)),
    );
    for (let page = 1; left.size > 0; page += 1) {
      const { items } = await this.rpc.call(eventTypeOperations.list, { page, size: PAGE });
      for (const { name } of items) left.delete(name);
      if (items.length < PAGE) break;
    }
    return left;
  }
}
