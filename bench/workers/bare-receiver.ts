import { createHmac, timingSafeEqual } from 'node:crypto';
import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { Batcher } from '../../libs/database/src/batcher';
import { column } from '../../libs/database/src/column';
import { serve } from '../kit/worker';

const SIGNATURE = 'x-hub-signature-256';
const DELIVERY = 'x-github-delivery';

const STORE = {
  name: 'store',
  text: `INSERT INTO bench_received (delivery, body)
    SELECT delivery, substring($4::bytea FROM starts FOR size)
    FROM unnest($1::text[], $2::integer[], $3::integer[]) AS i(delivery, starts, size)
    ON CONFLICT DO NOTHING`,
};

interface Received {
  readonly delivery: string;
  readonly body: Buffer;
}

/** The least that keeps a delivery once: its id and its body, in one table with one index, in batches as the hub makes them. */
class Store {
  private readonly pool: Pool;
  private readonly batcher = new Batcher<Received, boolean>((batch) => this.write(batch), {
    maxBatch: 256,
    enough: 32,
    maxWriting: 2,
    maxWaiting: 5_000,
    gatherMs: 0,
  });

  constructor(url: string) {
    this.pool = new Pool({ connectionString: url, max: 2 });
  }

  async open(): Promise<void> {
    await this.pool.query(
      'CREATE TABLE IF NOT EXISTS bench_received (delivery text PRIMARY KEY, body bytea STORAGE EXTERNAL NOT NULL)',
    );
  }

  add(received: Received): Promise<boolean> {
    return this.batcher.add(received);
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async write(batch: Received[]): Promise<boolean[]> {
    let end = 1;
    const starts = batch.map(({ body }) => {
      end += body.length;
      return end - body.length;
    });
    const bodies = batch.map(({ body }) => body);
    await this.pool.query({
      ...STORE,
      values: [
        column(batch.map(({ delivery }) => delivery)),
        column(starts),
        column(bodies.map(({ length }) => length)),
        Buffer.concat(bodies),
      ],
    });
    return batch.map(() => true);
  }
}

let store: Store | undefined;

/** Fastify as it comes, with one route that verifies what GitHub signs and answers. Nothing is known again, counted or logged. */
const api = {
  /** From now on each is stored before it is answered, or none. */
  async store(databaseUrl: string | null): Promise<void> {
    await store?.close();
    store = undefined;
    if (databaseUrl === null) return;
    const opened = new Store(databaseUrl);
    await opened.open();
    store = opened;
  },

  async listen(secret: string): Promise<string> {
    const app = fastify({ logger: false });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post('/receive', async (request, reply) => {
      const wanted = createHmac('sha256', secret)
        .update(request.body as Buffer)
        .digest('hex');
      const given = Buffer.from(String(request.headers[SIGNATURE]));
      const expected = Buffer.from(`sha256=${wanted}`);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        return reply.code(401).send({ detail: 'The signature is wrong' });
      }
      const delivery = String(request.headers[DELIVERY]);
      if (store !== undefined) await store.add({ delivery, body: request.body as Buffer });
      return { status: 'success', event_id: delivery };
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/receive`;
  },
};

export type BareReceiver = typeof api;
serve(api);
