import { Controller } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ACCESS_RULES, type AccessPreset, type AccessRule } from '../access/access-rule';
import type { LimitKind } from '../limits/limit-kind';
import type { OperationSentence } from '../messages/operation-sentences';
import { ROUTE_FACTS, type RouteFacts } from './route-facts';
import { SURFACE_BASE } from './surface-base';
import type { SurfaceName } from './surface-name';

type Declared = Partial<Omit<RouteFacts, 'surface'>>;

const declarations = new WeakMap<object, Declared>();
const facts = new WeakMap<object, RouteFacts>();

function declare(part: Declared): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    declarations.set(handler, { ...declarations.get(handler), ...part });
  };
}

/** Who may call the route. Every route of a surface declares it, once. */
export function Access(rule: AccessPreset | AccessRule): MethodDecorator {
  return declare({ access: typeof rule === 'string' ? ACCESS_RULES[rule] : rule });
}

/** The sentence of the answer on surfaces that say one (S0's `msg`). */
export function Says(sentence: OperationSentence): MethodDecorator {
  return declare({ says: sentence });
}

/** A limit other than the standard one. */
export function Limit(kind: LimitKind): MethodDecorator {
  return declare({ limit: kind });
}

/** Sign-in and refresh: public, limited per address, never replayed (an answer full of tokens is not kept). */
export function SignIn(): MethodDecorator {
  return declare({ access: ACCESS_RULES.public, limit: 'auth', idempotent: false });
}

/** Deliveries of providers: public, any content, sent again with headers of the provider's own rather than an `Idempotency-Key`. */
export function ReceivesDeliveries(limit: 'receive' | 'provider'): MethodDecorator {
  return declare({ access: ACCESS_RULES.public, limit, idempotent: false, takesAnything: true });
}

/** A Content-Security-Policy of the route's own, for pages. */
export function ContentSecurityPolicy(policy: string): MethodDecorator {
  return declare({ contentSecurityPolicy: policy });
}

/**
 * A controller of one surface. `path` is relative to the surface's base (`webhooks` on S0 is `/api/v1/webhooks`), or
 * absolute where it starts with a slash.
 * The facts of each route ride on its Fastify config, so that they hold even for a body that does not parse.
 * @throws Error when a route has no `@Access`
 */
export function SurfaceController(surface: SurfaceName, path = ''): ClassDecorator {
  return (target) => {
    Controller(path.startsWith('/') ? path : [SURFACE_BASE[surface], path].filter(Boolean).join('/'))(target);
    const prototype = target.prototype as object;
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
      const handler: unknown = descriptor?.value;
      if (!descriptor || typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler))
        continue;
      const declared = declarations.get(handler);
      if (!declared?.access) throw new Error(`${target.name}.${name} declares no @Access`);
      const complete: RouteFacts = {
        says: 'ok',
        limit: 'standard',
        idempotent: true,
        ...declared,
        access: declared.access,
        surface,
      };
      facts.set(handler, complete);
      RouteConfig({ [ROUTE_FACTS]: complete })(prototype, name, descriptor);
    }
  };
}

/** The facts declared on a controller's method, or undefined for a route of no surface. */
export function routeFacts(handler: object): RouteFacts | undefined {
  return facts.get(handler);
}
