import { randomUUID } from 'node:crypto';
import type { MetricSample } from '../metrics';
import { lost, type MetricsSink, type MetricsSource } from './metrics-sink';

/** Documents of a bulk request: more would take long enough to write as JSON to hold up requests. */
const DOCUMENTS_AT_ONCE = 500;
/** Kept while they cannot be sent: some 10 MB. The newest are worth more. */
const DOCUMENTS_MOST = 20_000;
const ANSWER_BYTES = 4 * 1024 * 1024;

interface Waiting {
  /** The same when it is sent again: it is stored once. */
  readonly id: string;
  readonly index: string;
  readonly document: Readonly<Record<string, unknown>>;
}

interface BulkAnswer {
  readonly items?: readonly {
    readonly create?: { readonly status: number; readonly error?: { readonly type?: string } };
  }[];
}

/** A document for each figure, by the bulk API; those of an outage are sent when it is over. */
export class ElasticsearchSink implements MetricsSink {
  readonly name = 'elasticsearch';
  private readonly process = randomUUID();
  private made = 0;
  private waiting: Waiting[] = [];
  private transport: Awaited<ReturnType<typeof connect>> | undefined;

  /**
   * @param url with user and password where they are needed
   * @param index `{date}` becomes the day of the figures
   */
  constructor(
    private readonly url: string,
    private readonly index: string,
    private readonly source: MetricsSource,
  ) {}

  take(samples: readonly MetricSample[], at: Date): void {
    const time = at.toISOString();
    const index = this.index.replaceAll('{date}', time.slice(0, 10).replaceAll('-', '.'));
    const taken = samples.map(({ name, type, labels, value }) => ({
      id: `${this.process}-${++this.made}`,
      index,
      document: { '@timestamp': time, ...this.source, name, type, labels, value },
    }));
    this.keep([...this.waiting, ...taken]);
  }

  async flush(signal: AbortSignal): Promise<void> {
    let refused: string | undefined;
    while (this.waiting.length > 0) {
      signal.throwIfAborted();
      const batch = this.waiting.slice(0, DOCUMENTS_AT_ONCE);
      this.waiting = this.waiting.slice(DOCUMENTS_AT_ONCE);
      const busy: Waiting[] = [];
      try {
        const items = await this.send(batch, signal);
        batch.forEach((one, i) => {
          const { status = 0, error } = items[i]?.create ?? {};
          if (isStored(status)) return;
          if (isPassing(status)) busy.push(one);
          else {
            lost.inc({ sink: this.name, reason: 'refused' });
            refused = error?.type ?? String(status);
          }
        });
      } catch (error) {
        this.keep([...batch, ...this.waiting]);
        throw error;
      }
      this.keep([...busy, ...this.waiting]);
      if (busy.length > 0) throw new Error(`Elasticsearch is too busy for ${busy.length} documents`);
    }
    if (refused !== undefined) throw new Error(`Elasticsearch refused documents: ${refused}`);
  }

  async close(): Promise<void> {
    lost.inc({ sink: this.name, reason: 'failed' }, this.waiting.length);
    this.waiting = [];
    // What is under way was given its time; an answer that is still to come is not waited for.
    await this.transport?.connectionPool.empty();
  }

  private keep(documents: readonly Waiting[]): void {
    const over = Math.max(documents.length - DOCUMENTS_MOST, 0);
    if (over > 0) lost.inc({ sink: this.name, reason: 'full' }, over);
    this.waiting = documents.slice(over);
  }

  /** @throws where there is no answer that says of each document what became of it */
  private async send(
    batch: readonly Waiting[],
    signal: AbortSignal,
  ): Promise<NonNullable<BulkAnswer['items']>> {
    this.transport ??= await connect(this.url);
    const { items } = await this.transport.request<BulkAnswer>(
      {
        method: 'POST',
        path: '/_bulk',
        querystring: { filter_path: 'items.*.status,items.*.error.type' },
        bulkBody: batch.flatMap(({ id, index, document }) => [
          { create: { _index: index, _id: id } },
          document,
        ]),
      },
      { signal },
    );
    if (items?.length !== batch.length) throw new Error('The answer is not that of a bulk API');
    return items;
  }
}

/** 409: it came with a request whose answer was lost. */
function isStored(status: number): boolean {
  return (status >= 200 && status < 300) || status === 409;
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

async function connect(url: string) {
  const { CloudConnectionPool, Transport, UndiciConnection } = await import('@elastic/transport');
  const { username, password, href } = new URL(url);
  const bare = new URL(href);
  bare.username = '';
  bare.password = '';
  const connectionPool = new CloudConnectionPool({
    Connection: UndiciConnection,
    ...(username !== '' && {
      auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
    }),
  });
  connectionPool.addConnection({ url: bare, agent: { connections: 1 } });
  // Whether to try again is the sink's own to say: it knows which documents.
  return new Transport({ connectionPool, maxRetries: 0, maxResponseSize: ANSWER_BYTES });
}
