import { randomInt, randomUUID } from 'node:crypto';
import { type Dispatcher, Pool, request } from 'undici';
import { publishedBody } from '../../apps/webhook-dispatcher/src/events/published-body';
import { generateWebhookSecret, signWebhook } from '../../libs/security/src/signatures/webhook-signature';
import { now } from '../kit/clock';
import { EVENT_TYPE, numbered } from '../kit/numbered';
import { serve } from '../kit/worker';

type Request = Omit<Dispatcher.DispatchOptions, 'origin'>;

export interface Target {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is sent again and again: a GET, or a POST as a provider makes it, each with an id of its own. */
export interface Repeated extends Target {
  readonly post?: { readonly body: string; readonly idHeader: string };
}

export interface Tally {
  readonly answered: number;
  /** From the first request sent to the last answer. */
  readonly seconds: number;
}

const BRAND = 'EmbedAI';
const secret = generateWebhookSecret();

/** Requests over connections that stay open, each connection with one under way. Anything but a 2xx ends the measurement. */
class Caller {
  private readonly pool: Pool;
  private failure: Error | undefined;
  answered = 0;

  constructor(origin: string, connections: number) {
    this.pool = new Pool(origin, { connections, pipelining: 1 });
  }

  /** Calls back when the answer is whole, or never again after a failure. */
  send(request: Request, done: () => void): void {
    this.pool.dispatch(request, {
      // Without it undici takes the handler for one of an older kind.
      onRequestStart: () => undefined,
      onResponseStart: (_controller, status) => {
        if (status < 200 || status > 299) this.fail(new Error(`The server answered ${status}`));
      },
      onResponseData: () => undefined,
      onResponseEnd: () => {
        this.answered += 1;
        done();
      },
      onResponseError: (_controller, error) => {
        this.fail(error);
        done();
      },
    });
  }

  check(): void {
    if (this.failure) throw this.failure;
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private fail(error: Error): void {
    this.failure ??= error;
  }
}

/** Keeps `concurrency` requests under way until `next` has no more. */
async function closedLoop(
  origin: string,
  concurrency: number,
  next: () => Request | undefined,
): Promise<Tally> {
  const caller = new Caller(origin, concurrency);
  const start = now();
  try {
    await new Promise<void>((resolve) => {
      let running = concurrency;
      const again = () => {
        const request = caller.failed ? undefined : next();
        if (request) caller.send(request, again);
        else if ((running -= 1) === 0) resolve();
      };
      for (let one = 0; one < concurrency; one += 1) again();
    });
    caller.check();
    return { answered: caller.answered, seconds: (now() - start) / 1000 };
  } finally {
    await caller.close();
  }
}

/** Sends `count` requests at a fixed rate, whatever became of those before. */
async function steadily(
  origin: string,
  count: number,
  perSecond: number,
  connections: number,
  request: (n: number) => Request,
): Promise<{ dueAt: Float64Array; answeredAt: Float64Array }> {
  const caller = new Caller(origin, connections);
  const [dueAt, answeredAt] = [new Float64Array(count), new Float64Array(count)];
  const start = now();
  let sent = 0;
  try {
    await new Promise<void>((resolve) => {
      const tick = () => {
        const due = Math.min(count, Math.ceil(((now() - start) / 1000) * perSecond));
        for (; sent < due && !caller.failed; sent += 1) {
          const n = sent;
          dueAt[n] = start + (n / perSecond) * 1000;
          caller.send(request(n), () => {
            answeredAt[n] = now();
            if (caller.answered === count || caller.failed) resolve();
          });
        }
        if (sent < count && !caller.failed) setTimeout(tick, 1);
      };
      tick();
    });
    caller.check();
    return { dueAt, answeredAt };
  } finally {
    await caller.close();
  }
}

function publish({ path, headers }: Target, n: number): Request {
  return { method: 'POST', path, headers, body: numbered(n) };
}

/** What a delivery is on the wire, without any of the work around it. */
function signed(path: string, n: number): Request {
  const id = randomUUID();
  const body = publishedBody({
    type: EVENT_TYPE,
    timestamp: new Date().toISOString(),
    data: numbered(n),
    source: 'api',
    requestId: id,
  });
  const timestampSeconds = Math.floor(Date.now() / 1000);
  return {
    method: 'POST',
    path,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': `${BRAND}-Webhook/1.0`,
      [`X-${BRAND}-Event`]: EVENT_TYPE,
      ...signWebhook({ secrets: [secret], id, timestampSeconds, body, brand: BRAND }),
    },
    body,
  };
}

function repeated({ path, headers, post }: Repeated): () => Request {
  if (post === undefined) {
    const request: Request = { method: 'GET', path, headers };
    return () => request;
  }
  const { body, idHeader } = post;
  return () => ({ method: 'POST', path, headers: { ...headers, [idHeader]: randomUUID() }, body });
}

/** Every id once, and as many of them again as are wanted, in an order without order. */
function withDuplicates(count: number, duplicates: number): string[] {
  const first = Array.from({ length: count - duplicates }, (): string => randomUUID());
  const all = [...first];
  while (all.length < count) all.push(first[randomInt(first.length)] ?? '');
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = randomInt(i + 1);
    [all[i], all[j]] = [all[j] ?? '', all[i] ?? ''];
  }
  return all;
}

const api = {
  /** For that long, `concurrency` at a time. */
  repeat(target: Repeated, seconds: number, concurrency: number): Promise<Tally> {
    const next = repeated(target);
    const until = now() + seconds * 1000;
    return closedLoop(target.origin, concurrency, () => (now() < until ? next() : undefined));
  },

  /**
   * `count` deliveries, of which `duplicates` repeat another one's id.
   * @returns how many were answered by each `status`
   */
  async storm(
    { origin, path, headers, post }: Repeated,
    count: number,
    duplicates: number,
    concurrency: number,
  ): Promise<{ seconds: number; answers: Record<string, number> }> {
    if (post === undefined) throw new Error('A storm is of POSTs');
    const ids = withDuplicates(count, duplicates);
    const answers: Record<string, number> = {};
    const dispatcher = new Pool(origin, { connections: concurrency, pipelining: 1 });
    const start = now();
    const loop = async () => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        const { statusCode, body } = await request(origin + path, {
          method: 'POST',
          headers: { ...headers, [post.idHeader]: id },
          body: post.body,
          dispatcher,
        });
        const { status = String(statusCode) } = (await body.json()) as { status?: string };
        answers[status] = (answers[status] ?? 0) + 1;
      }
    };
    try {
      await Promise.all(Array.from({ length: concurrency }, loop));
      return { seconds: (now() - start) / 1000, answers };
    } finally {
      await dispatcher.destroy();
    }
  },

  /** The bare loop, as undici's manual has it: signed POSTs of the events numbered below `count`, each answer read. */
  async post(origin: string, count: number, concurrency: number): Promise<Tally> {
    const dispatcher = new Pool(origin, { connections: concurrency, pipelining: 1 });
    let n = 0;
    const loop = async () => {
      while (n < count) {
        const { path, ...options } = signed('/', n++);
        const { statusCode, body } = await request(origin + path, { ...options, dispatcher });
        await body.text();
        if (statusCode !== 200) throw new Error(`The receiver answered ${statusCode}`);
      }
    };
    const start = now();
    try {
      await Promise.all(Array.from({ length: concurrency }, loop));
      return { answered: n, seconds: (now() - start) / 1000 };
    } finally {
      await dispatcher.destroy();
    }
  },

  /** The same through undici's innermost interface, without a promise or a body for any of them: the least there is. */
  dispatch(origin: string, count: number, concurrency: number): Promise<Tally> {
    let n = 0;
    return closedLoop(origin, concurrency, () => (n < count ? signed('/', n++) : undefined));
  },

  /** Publishes the events numbered below `count`, `concurrency` at a time. */
  publish(target: Target, count: number, concurrency: number): Promise<Tally> {
    let n = 0;
    return closedLoop(target.origin, concurrency, () => (n < count ? publish(target, n++) : undefined));
  },

  /**
   * Publishes `count` events at a fixed rate, however slow the answers are.
   * @returns when each was due to be sent, and when its 202 was there
   */
  async publishSteadily(
    target: Target,
    count: number,
    perSecond: number,
    connections: number,
  ): Promise<{ dueAt: Float64Array; acceptedAt: Float64Array }> {
    const { dueAt, answeredAt } = await steadily(target.origin, count, perSecond, connections, (n) =>
      publish(target, n),
    );
    return { dueAt, acceptedAt: answeredAt };
  },

  /** `count` at a fixed rate: milliseconds from when each was due until its answer was whole. */
  async repeatSteadily(
    target: Repeated,
    count: number,
    perSecond: number,
    connections: number,
  ): Promise<Float64Array> {
    const next = repeated(target);
    const { dueAt, answeredAt } = await steadily(target.origin, count, perSecond, connections, next);
    return answeredAt.map((at, n) => at - (dueAt[n] ?? NaN));
  },
};

export type Load = typeof api;
serve(api);
