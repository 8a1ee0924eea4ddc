import { ROUTE_FACTS, type RouteFacts } from '../surfaces/route-facts';

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
  readonly facts: RouteFacts | undefined;
}

interface NewRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly config?: { readonly [ROUTE_FACTS]?: RouteFacts };
}

export interface OtherMethods {
  readonly allow: string;
  readonly facts: RouteFacts | undefined;
}

/** Knows every route by its path, for telling 405 from 404. Asked only when the router has found nothing. */
export class RouteTable {
  private readonly routes = new Map<string, KnownRoute>();

  add({ method, url, config }: NewRoute): void {
    const known = this.routes.get(url) ?? {
      pattern: patternOf(url),
      methods: new Set<string>(),
      facts: config?.[ROUTE_FACTS],
    };
    for (const each of [method].flat()) known.methods.add(each);
    this.routes.set(url, known);
  }

  /** The methods that `path` takes instead of `method`; undefined where it takes none, or this one. */
  otherMethods(method: string, path: string): OtherMethods | undefined {
    const matching = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    const [first] = matching;
    if (!first) return undefined;
    const methods = new Set(matching.flatMap((route) => [...route.methods]));
    // The router refused the path itself, say for a parameter that is over-long.
    if (methods.has(method)) return undefined;
    return { allow: [...methods].sort().join(', '), facts: first.facts };
  }
}

/** Fastify's `:name` and `*`; a trailing slash is optional. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/\/$/, '')
    .split('/')
    .map((segment) =>
      segment.startsWith(':')
        ? '[^/]+'
        : segment === '*'
          ? '.*'
          : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/');
  return new RegExp(`^${source}/?$`);
}
