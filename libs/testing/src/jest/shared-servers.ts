import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startHub } from '../servers/hub';
import type { KillableServer } from '../servers/killable';
import { startPostgres } from '../servers/postgres';
import { startRabbit } from '../servers/rabbitmq';
import { startRedis } from '../servers/redis';
import { testDatabase } from '../shared';

const SLOTS = 24;

/** What a suite asks for: a place of its own on a server that all suites of this run share. */
export type SharedKind = 'postgres' | 'rabbitmq' | 'redis' | 'hub';

/** In PostgreSQL each suite makes a database, in the hub projects and users. */
const HAS_ROOM_FOR_ALL: ReadonlySet<SharedKind> = new Set(['postgres', 'hub']);

interface Shared {
  readonly places: string[];
  readonly stop: () => Promise<void>;
}

/**
 * Lives in Jest's main process and starts each shared server when the first suite asks for it. Suites run in other
 * processes, so they ask over HTTP: POST /<kind> gives a URL, DELETE gives it back.
 */
export class SharedServers {
  private readonly shared = new Map<SharedKind, Promise<Shared>>();
  private readonly waiting = new Map<SharedKind, ((place: string) => void)[]>();
  private http: Server | undefined;

  async listen(): Promise<string> {
    const server = (this.http = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const kind = url.pathname.slice(1) as SharedKind;
      const answer =
        request.method === 'DELETE'
          ? this.giveBack(kind, url.searchParams.get('place') ?? '').then(() => '')
          : this.take(kind);
      answer.then(
        (text) => response.end(text),
        (error: unknown) =>
          response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
      );
    }));
    // A worker on a busy machine may ask over a connection in the moment in which it would be ended for being idle.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.http?.close();
    this.http?.closeAllConnections();
    // The hub stands on the PostgreSQL.
    await this.stop('hub');
    await Promise.all([...this.shared.keys()].map((kind) => this.stop(kind)));
  }

  private async stop(kind: SharedKind): Promise<void> {
    const starting = this.shared.get(kind);
    this.shared.delete(kind);
    await starting?.then(
      ({ stop }) => stop(),
      () => undefined,
    );
  }

  private async take(kind: SharedKind): Promise<string> {
    let starting = this.shared.get(kind);
    if (!starting) this.shared.set(kind, (starting = start(kind)));
    const { places } = await starting;
    if (HAS_ROOM_FOR_ALL.has(kind)) return places[0] ?? '';
    return (
      places.shift() ??
      new Promise<string>((resolve) => {
        this.waiting.set(kind, [...(this.waiting.get(kind) ?? []), resolve]);
      })
    );
  }

  /** To whoever waits, else to the end of the row: a place rests as long as possible before it is used again. */
  private async giveBack(kind: SharedKind, place: string): Promise<void> {
    const next = this.waiting.get(kind)?.shift();
    if (next) next(place);
    else if (!HAS_ROOM_FOR_ALL.has(kind)) (await this.shared.get(kind))?.places.push(place);
  }
}

async function start(kind: SharedKind): Promise<Shared> {
  switch (kind) {
    case 'postgres':
      return (
        external('TEST_DATABASE_URL') ??
        one(await startPostgres({ fsync: 'off', max_connections: 300, shared_buffers: '64MB' }), (url) => [
          url,
        ])
      );
    case 'rabbitmq': {
      const vhosts = Array.from({ length: SLOTS }, (_, n) => `suite-${n}`);
      return (
        external('TEST_AMQP_URL') ??
        one(await startRabbit({ vhosts }), (url) => vhosts.map((vhost) => `${url}/${vhost}`))
      );
    }
    case 'redis':
      return (
        external('TEST_REDIS_URL') ??
        one(await startRedis({ databases: SLOTS }), (url) =>
          Array.from({ length: SLOTS }, (_, n) => `${url}/${n}`),
        )
      );
    case 'hub': {
      const database = await testDatabase();
      const { url, stop } = await startHub(database.url);
      return { places: [url], stop: () => stop().then(() => database.drop()) };
    }
    default:
      throw new Error(`Nobody shares a ${String(kind)}`);
  }
}

/** A named server has one place: the suites that need it take turns. */
function external(variable: string): Shared | undefined {
  const url = process.env[variable];
  return url ? { places: [url], stop: () => Promise.resolve() } : undefined;
}

function one(server: KillableServer, places: (url: string) => string[]): Shared {
  return { places: places(server.url), stop: () => server.stop() };
}
