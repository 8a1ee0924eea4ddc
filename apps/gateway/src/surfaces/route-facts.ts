import type { AccessRule } from '../access/access-rule';
import type { LimitKind } from '../limits/limit-kind';
import type { OperationSentence } from '../messages/operation-sentences';
import type { SurfaceName } from './surface-name';

/** Key under which a route's facts ride on its Fastify config. */
export const ROUTE_FACTS = 'hub';

/** Everything that hooks, filter, limiter and OpenAPI need to know of a route: declared once, on its controller. */
export interface RouteFacts {
  readonly surface: SurfaceName;
  readonly access: AccessRule;
  readonly says: OperationSentence;
  readonly limit: LimitKind;
  /** Whether `Idempotency-Key` is honoured (on POST). */
  readonly idempotent: boolean;
  /** The body is taken as it comes, whatever it is: nothing of it is parsed. */
  readonly takesAnything?: boolean;
  /** A Content-Security-Policy of its own; without it the strict one of an API. */
  readonly contentSecurityPolicy?: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    [ROUTE_FACTS]?: RouteFacts;
  }
}
