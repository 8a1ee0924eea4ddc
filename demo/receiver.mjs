import { once } from 'node:events';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** What the first attempts of each delivery are answered; those after them get 200. */
const FAILURES = [500, 503];
const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * The endpoint of somebody who receives webhooks: on this machine, with a bad start. It verifies every request as any receiver
 * should, with the official library, and answers 401 to what does not verify.
 */
export class Receiver {
  /** By `webhook-id`, which is the same over all attempts of a delivery. */
  deliveries = new Map();
  #webhook;
  #onAttempt;
  #server = createServer((request, response) => void this.#take(request, response));

  /** @param onAttempt called with each attempt, before it is answered */
  static async start(onAttempt) {
    const receiver = new Receiver();
    receiver.#onAttempt = onAttempt;
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/hook`;
  }

  /** From now on, what is signed with this secret is believed. */
  believe(secret) {
    this.#webhook = new Webhook(secret);
  }

  get delivered() {
    return this.#count((status) => status === 200);
  }

  /** Deliveries that were taken or refused: nobody has to wait for more attempts. */
  get settled() {
    return this.#count((status) => status === 200 || status === 401);
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #count(ended) {
    return [...this.deliveries.values()].filter((attempts) => ended(attempts.at(-1).status)).length;
  }

  async #take(request, response) {
    try {
      const event = this.#verify(await readBody(request), request.headers);
      const id = String(request.headers['webhook-id']);
      const attempts = this.deliveries.get(id) ?? [];
      this.deliveries.set(id, attempts);
      const attempt = {
        event,
        number: attempts.length + 1,
        verified: event !== undefined,
        status: event === undefined ? 401 : (FAILURES[attempts.length] ?? 200),
        at: performance.now(),
      };
      attempts.push(attempt);
      this.#onAttempt(attempt);
      response.writeHead(attempt.status).end();
    } catch {
      response.destroy();
    }
  }

  /** Undefined when the signature, or its age, is not right. */
  #verify(body, headers) {
    try {
      return this.#webhook.verify(body, headers);
    } catch {
      return undefined;
    }
  }
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw new Error('The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
