import { Injectable } from '@nestjs/common';
import { OpenApiDocument } from '../../openapi/openapi.document';
import { METHODS, type Operation } from '../../openapi/schema';
import type { RouteFacts } from '../route-facts';
import { SURFACES } from '../surface';
import type { EndpointAnswer, EndpointQuery } from './endpoint.dto';

/** What there is to call, from the OpenAPI document: made once, when somebody first asks. */
@Injectable()
export class ApiEndpoints {
  private known: readonly EndpointAnswer[] | undefined;

  constructor(private readonly document: OpenApiDocument) {}

  /** By path. */
  find({ surface, search }: Pick<EndpointQuery, 'surface' | 'search'>): readonly EndpointAnswer[] {
    this.known ??= this.read();
    const text = search?.toLowerCase();
    return this.known.filter(
      (endpoint) =>
        (surface === undefined || endpoint.surface === surface) &&
        (text === undefined || `${endpoint.path} ${endpoint.summary}`.toLowerCase().includes(text)),
    );
  }

  private read(): EndpointAnswer[] {
    return Object.entries(this.document.build().paths)
      .flatMap(([path, item]) =>
        METHODS.flatMap((method) => {
          const operation = item[method];
          return operation ? [endpointOf(path, method, operation)] : [];
        }),
      )
      .sort((a, b) => (a.path === b.path ? a.method.localeCompare(b.method) : a.path < b.path ? -1 : 1));
  }
}

function endpointOf(path: string, method: string, operation: Operation): EndpointAnswer {
  const { 'x-access': access } = operation as Operation & { 'x-access': RouteFacts['access'] };
  const surface = Object.values(SURFACES).find(({ title }) => title === operation.tags?.[0]);
  return {
    method: method.toUpperCase(),
    path,
    operation_id: operation.operationId ?? '',
    surface: surface?.name ?? '',
    summary: operation.summary ?? '',
    authenticated: access.credential === 'required',
    roles: access.roles,
    scopes: access.scopes,
  };
}
