import type { EventTypeView } from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';
import { IsJsonObject, IsText, Nullable, Optional } from '../../validation';
import { IsEventType } from '../shared/event-type.decorator';

export class CreateEventType {
  @Field('Lower-case words joined by dots', 'invoice.paid')
  @IsEventType()
  name!: string;

  @Field('What it means', 'An invoice was paid')
  @Optional()
  @IsText(2_000)
  description?: string;

  @Field('JSON Schema that published data must satisfy; none means anything goes', {
    type: 'object',
    required: ['invoice_id'],
  })
  @Nullable()
  @IsJsonObject()
  schema?: Record<string, unknown> | null;
}

export class EventTypeAnswer implements EventTypeView {
  @Field('Name', 'knowledge_base.created')
  name!: string;

  @Field('What it means', 'A knowledge base was created')
  description!: string;

  @NullableField('object', 'JSON Schema that published data must satisfy')
  schema!: Readonly<Record<string, unknown>> | null;

  @Field('Whether it came with the hub', true)
  built_in!: boolean;

  @NullableField(String, 'When it was registered; null for what came with the hub')
  created_at!: string | null;
}
