import { Get, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { connectorById, CONNECTORS, type Connector } from '@signalbox/connectors';
import { CONNECTOR_KINDS, type ConnectorKind, DomainError, INTEGRATION_TYPES } from '@signalbox/contracts';
import { Access, Says, SurfaceController } from '..';
import { Answers, Fails } from '../../openapi/answers.decorator';
import { Field, ListField } from '../../openapi/field.decorator';
import { QueryOneOf } from '../../validation';

const CATEGORIES = INTEGRATION_TYPES.map((type) => type.toLowerCase());

class IntegrationTypesQuery {
  @Field('Of this category only', 'code_repository')
  @QueryOneOf(CATEGORIES)
  category?: string;
}

class IntegrationTypeAnswer {
  @Field('Name in paths and requests', 'github')
  type!: string;

  @Field('Name as its provider writes it', 'GitHub')
  name!: string;

  @Field('What it is for', 'code_repository', { enum: [...CATEGORIES] })
  category!: string;

  @Field(
    'What there mostly is between the hub and it: webhooks, calls with a key (`api_client`), or calls on behalf of somebody (`oauth`)',
    'api_client',
    {
      enum: [...CONNECTOR_KINDS],
    },
  )
  kind!: ConnectorKind;

  @Field('Whether its webhooks can be received', true)
  receives_webhooks!: boolean;

  @Field('Where the provider describes itself', 'https://docs.github.com/webhooks', { format: 'uri' })
  documentation!: string;
}

class IntegrationTypesAnswer {
  @ListField(IntegrationTypeAnswer, 'Integration types')
  types!: readonly IntegrationTypeAnswer[];

  @Field('How many', 18)
  total!: number;
}

class IntegrationSchemaAnswer {
  @Field('Name in paths and requests', 'github')
  integration_type!: string;

  @Field('JSON Schema of the configuration', undefined, { type: 'object', additionalProperties: true })
  configuration!: object;

  @Field('JSON Schema of the credentials', undefined, { type: 'object', additionalProperties: true })
  credentials!: object;
}

/** What can be connected, as the connectors declare it. */
@SurfaceController('integration-service', 'integrations/types')
export class ServiceIntegrationTypesController {
  @Get()
  @Access('public')
  @Says('integrations.types')
  @ApiOperation({ summary: 'List what can be integrated' })
  @Answers(IntegrationTypesAnswer)
  list(@Query() { category }: IntegrationTypesQuery): IntegrationTypesAnswer {
    const types = CONNECTORS.map(typeAnswer).filter(
      (type) => category === undefined || type.category === category,
    );
    return { types, total: types.length };
  }

  @Get(':integration_type/schema')
  @Access('public')
  @Says('integrations.schema')
  @ApiOperation({ summary: 'Read what an integration of a type is set up with' })
  @Answers(IntegrationSchemaAnswer)
  @Fails('NOT_FOUND', 'resource')
  schema(@Param('integration_type') id: string): IntegrationSchemaAnswer {
    const connector = connectorById(id);
    if (!connector) throw DomainError.notFound('resource');
    const { configuration, credentials } = connector;
    return { integration_type: id, configuration, credentials };
  }
}

function typeAnswer({ id, title, type, kind, webhook, documentation }: Connector): IntegrationTypeAnswer {
  return {
    type: id,
    name: title,
    category: type.toLowerCase(),
    kind,
    receives_webhooks: webhook !== undefined,
    documentation,
  };
}
