import { Injectable } from '@nestjs/common';
import {
  BUILT_IN_EVENT_TYPES,
  type CallContext,
  DomainError,
  EVENT_TYPE_MAX_LENGTH,
  EVENT_TYPE_PATTERN,
  type EventTypeView,
  type Page,
  type PageRequest,
  type Principal,
  isInboundType,
  TEST_EVENT_TYPE,
} from '@signalbox/contracts';
import type { EventTypeEntity } from './event-type.entity';
import { EventTypesRepository } from './event-types.repository';
import { compileSchema, type SchemaCheck } from './schema-check';

/** Registered types are few: an admin makes each by hand. */
const MAX_REGISTERED = 1_000;

/** The catalogue: what may be published and subscribed to. Registered types never change, so a known one stays known. */
@Injectable()
export class EventTypesService {
  private readonly registered = new Map<string, SchemaCheck | null>();

  constructor(private readonly types: EventTypesRepository) {}

  async list({ page, size }: PageRequest): Promise<Page<EventTypeView>> {
    const builtIn = Object.entries(BUILT_IN_EVENT_TYPES).map(([name, description]): EventTypeView => ({
      name,
      description,
      schema: null,
      built_in: true,
      created_at: null,
    }));
    const all = [...builtIn, ...(await this.types.all()).map(view)].sort((a, b) =>
      a.name.localeCompare(b.name),
    );
    return { items: all.slice((page - 1) * size, page * size), total: all.length, page, size };
  }

  async create(
    input: { name: string; description?: string; schema?: Readonly<Record<string, unknown>> | null },
    context: CallContext,
  ): Promise<EventTypeView> {
    if (!EVENT_TYPE_PATTERN.test(input.name) || input.name.length > EVENT_TYPE_MAX_LENGTH) {
      throw DomainError.invalid({ field: 'name', key: 'field.event_type_name' });
    }
    if (input.schema) compileSchema(input.schema);
    const reserved = input.name === TEST_EVENT_TYPE || isInboundType(input.name);
    if (reserved || Object.hasOwn(BUILT_IN_EVENT_TYPES, input.name)) {
      throw DomainError.conflict('event_type');
    }
    if ((await this.types.count()) >= MAX_REGISTERED) {
      throw DomainError.conflict('event_type', 'event_type.too_many');
    }
    const row = {
      name: input.name,
      description: input.description ?? '',
      schema: input.schema ?? null,
      createdBy: context.principal.id,
    };
    if (!(await this.types.insert(row))) throw DomainError.conflict('event_type');
    return view({ ...row, createdAt: new Date() });
  }

  /**
   * @param data JSON text
   * @param by who publishes it
   * @throws DomainError VALIDATION_FAILED naming `event_type`, or the fields that break the type's schema
   */
  async check(type: string, data: string, by: Pick<Principal, 'kind'>): Promise<void> {
    if (Object.hasOwn(BUILT_IN_EVENT_TYPES, type)) return;
    // What providers tell: whoever subscribes relies on it that nobody else can.
    if (by.kind === 'system' && isInboundType(type)) return;
    const check = await this.known(type);
    if (check === undefined) {
      throw DomainError.invalid({ field: 'event_type', key: 'field.unknown_event_type', params: { type } });
    }
    if (check === null) return;
    const fields = check(JSON.parse(data));
    if (fields.length > 0) throw DomainError.invalid(...fields);
  }

  /**
   * Refuses patterns that match no known type: they would never be delivered.
   * @param fieldOf what the caller calls the pattern at that place
   */
  async checkPatterns(
    patterns: readonly string[],
    fieldOf = (index: number): string => `events[${index}]`,
  ): Promise<void> {
    const exact = [...new Set(patterns)].filter(
      (pattern) => !matchesBuiltIn(pattern) && !isInboundType(pattern),
    );
    if (exact.length === 0) return;
    const names = (await this.types.all()).map((type) => type.name);
    const problems = exact.filter((pattern) => !names.some((name) => matches(pattern, name)));
    if (problems.length === 0) return;
    throw DomainError.invalid(
      ...problems.map((pattern) => ({
        field: fieldOf(patterns.indexOf(pattern)),
        key: 'field.unknown_event_type',
        params: { type: pattern },
      })),
    );
  }

  private async known(type: string): Promise<SchemaCheck | null | undefined> {
    const known = this.registered.get(type);
    if (known !== undefined || type.length > EVENT_TYPE_MAX_LENGTH) return known;
    const row = await this.types.find(type);
    if (row === null) return undefined;
    const check = row.schema === null ? null : compileSchema(row.schema);
    this.registered.set(type, check);
    return check;
  }
}

function matches(pattern: string, type: string): boolean {
  return (
    pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)))
  );
}

function matchesBuiltIn(pattern: string): boolean {
  return Object.keys(BUILT_IN_EVENT_TYPES).some((type) => matches(pattern, type));
}

function view(row: EventTypeEntity): EventTypeView {
  return {
    name: row.name,
    description: row.description,
    schema: row.schema,
    built_in: false,
    created_at: row.createdAt.toISOString(),
  };
}
