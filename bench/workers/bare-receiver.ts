import { createHmac, timingSafeEqual } from 'node:crypto';
import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { serve } from '../kit/worker';

const SIGNATURE = 'x-hub-signature-256';

/** Fastify as it comes, with one route that verifies what GitHub signs and answers. Nothing is stored, known again, counted or logged. */
const api = {
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
      return { status: 'success', event_id: request.headers['x-github-delivery'] };
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/receive`;
  },
};

export type BareReceiver = typeof api;
serve(api);
