import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A hook as the stand-in of a provider keeps it. */
export interface KeptHook {
  url: string;
  secret: string;
  events: readonly string[];
  active: boolean;
}

export interface StandInRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandInAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** A provider's API for hooks, as its documentation describes it. Written apart from the connector. */
export interface HookStandIn {
  /** Settings, but for the address, that make the connector keep hooks at `path`. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Some that the provider knows. */
  readonly events: readonly string[];
  /** Its list has no pages. */
  readonly onePage?: boolean;
  /** What the connector must send to be let in. */
  readonly authorization: readonly [header: string, value: string];
  answer(request: StandInRequest, hooks: Map<string, KeptHook>): StandInAnswer;
}

/** Makes ids as most providers do. */
let lastId = 70_000;
export const nextId = (): string => String((lastId += 1));

export interface RestStandIn extends Omit<HookStandIn, 'answer'> {
  readonly path: string;
  readonly update: string;
  /** A body that the API refuses is undefined. */
  read(body: string, before: KeptHook | undefined): KeptHook | undefined;
  show(id: string, hook: KeptHook, made: boolean): unknown;
  page(query: URLSearchParams, all: readonly (readonly [string, KeptHook])[]): unknown;
  readonly newId?: () => string;
  readonly created?: number;
}

/** The usual form of such an API. */
export function restStandIn(rest: RestStandIn): HookStandIn {
  return {
    ...rest,
    answer({ method, path, query, body }, hooks) {
      if (path === rest.path && method === 'GET') return { status: 200, body: rest.page(query, [...hooks]) };
      if (path === rest.path && method === 'POST') {
        const hook = rest.read(body, undefined);
        if (hook === undefined) return { status: 422 };
        const id = (rest.newId ?? nextId)();
        hooks.set(id, hook);
        return { status: rest.created ?? 201, body: rest.show(id, hook, true) };
      }
      if (!path.startsWith(`${rest.path}/`)) return { status: 404 };
      const id = decodeURIComponent(path.slice(rest.path.length + 1));
      const before = hooks.get(id);
      if (before === undefined) return { status: 404 };
      if (method === 'GET') return { status: 200, body: rest.show(id, before, false) };
      if (method === 'DELETE') {
        hooks.delete(id);
        return { status: 204 };
      }
      const hook = rest.read(body, before);
      if (method !== rest.update || hook === undefined) return { status: 422 };
      hooks.set(id, hook);
      return { status: 200, body: rest.show(id, hook, false) };
    },
  };
}

/** Numbered pages, empty ones after the last. */
export function numbered<T>(
  all: readonly T[],
  query: URLSearchParams,
  size: string,
  otherwise: number,
): readonly T[] {
  const most = Math.min(Number(query.get(size) ?? otherwise), 100);
  const page = Number(query.get('page') ?? 1);
  return all.slice((page - 1) * most, page * most);
}

export interface RunningStandIn {
  readonly url: string;
  readonly hooks: Map<string, KeptHook>;
  readonly requests: StandInRequest[];
  /** What it answers to everything from now on, whatever was sent along; undefined for what is right. */
  refuse(answer: (StandInAnswer & { headers?: Record<string, string> }) | undefined): void;
  /**
   * Those that it picks are not answered until what it returns is called.
   *
   * @param cut they never are: their connections end at once, and what they ask for is done then
   */
  hold(picks: (request: StandInRequest) => boolean, cut?: boolean): () => void;
  close(): Promise<void>;
}

/** The stand-in on a port of this machine. */
export async function startStandIn(standIn: HookStandIn): Promise<RunningStandIn> {
  const hooks = new Map<string, KeptHook>();
  const requests: StandInRequest[] = [];
  let refusal: (StandInAnswer & { headers?: Record<string, string> }) | undefined;
  let held: { picks(request: StandInRequest): boolean; cut: boolean; until: Promise<void> } | undefined;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    const answer = async () => {
      const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://stand-in');
      const { method = '', headers } = incoming;
      const request = { method, path, query, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      if (held?.picks(request)) {
        if (held.cut) response.destroy();
        await held.until;
      }
      const [header, value] = standIn.authorization;
      const known = headers[header] === value;
      const { status, body } = refusal ?? (known ? standIn.answer(request, hooks) : { status: 401 });
      response.writeHead(status, { 'content-type': 'application/json', ...refusal?.headers });
      // Providers quote what they were sent.
      const text = refusal === undefined ? body : { message: 'refused', sent: request.body, headers };
      response.end(text === undefined || status === 204 ? '' : JSON.stringify(text));
    };
    incoming.on('end', () => void answer());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hooks,
    requests,
    refuse: (answer) => (refusal = answer),
    hold(picks, cut = false) {
      const { promise: until, resolve } = Promise.withResolvers<void>();
      held = { picks, cut, until };
      return () => {
        held = undefined;
        resolve();
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
