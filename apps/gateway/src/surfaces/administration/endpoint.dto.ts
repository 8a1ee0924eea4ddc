import { Field, ListField } from '../../openapi/field.decorator';
import { PageLimitQuery, QueryOneOf, QueryText } from '../../validation';
import { SURFACE_NAMES } from '../surface-name';

export class EndpointQuery extends PageLimitQuery {
  @Field('Endpoints of this surface only', 'administration')
  @QueryOneOf(SURFACE_NAMES)
  surface?: string;

  @Field('Endpoints whose path or summary contains this', 'webhook')
  @QueryText()
  search?: string;
}

export class EndpointAnswer {
  @Field('Method', 'GET')
  method!: string;

  @Field('Path, with its parameters as names', '/api/v1/webhooks/{id}')
  path!: string;

  @Field('Name of the operation in the OpenAPI document', 'webhooks_get')
  operation_id!: string;

  @Field('Surface', 'integration-service')
  surface!: string;

  @Field('What it does', 'Read a webhook')
  summary!: string;

  @Field('Whether it needs a credential', true)
  authenticated!: boolean;

  @ListField(String, 'Users with one of these roles may call it', ['admin', 'viewer'])
  roles!: readonly string[];

  @ListField(String, 'API keys with one of these scopes may call it', ['read', 'admin'])
  scopes!: readonly string[];
}
