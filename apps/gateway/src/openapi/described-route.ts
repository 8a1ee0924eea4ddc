import { PARAMTYPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import type { RouteFacts } from '../surfaces/route-facts';
import { isInputClass, type InputClass } from './input-schema';

/** A route of a surface as the OpenAPI document needs to know it. */
export interface DescribedRoute {
  readonly method: string;
  /** As published: with `{parameters}`, and with a trailing slash where the surface's own documents have one. */
  readonly path: string;
  readonly handler: object;
  readonly facts: RouteFacts;
  readonly query?: InputClass;
  readonly body?: InputClass;
}

/** The classes that the validation pipe holds a handler's query and body against. */
export function inputsOf(
  controller: { prototype: object },
  name: string,
): Pick<DescribedRoute, 'query' | 'body'> {
  const types = (Reflect.getMetadata(PARAMTYPES_METADATA, controller.prototype, name) ?? []) as unknown[];
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { readonly index: number }
  >;
  const classOf = (kind: RouteParamtypes): InputClass | undefined =>
    Object.entries(args)
      .filter(([key]) => Number(key.split(':')[0]) === Number(kind))
      .map(([, { index }]) => types[index])
      .find(isInputClass);
  return { query: classOf(RouteParamtypes.QUERY), body: classOf(RouteParamtypes.BODY) };
}
