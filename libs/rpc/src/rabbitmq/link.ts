import { hostname } from 'node:os';
import { connect, type Channel, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import type { Logger } from 'pino';
import { linkUp } from '../metrics';
import { settledWithin } from '../settled-within';
import { batchWrites } from './batch-writes';

/** A part that has its own channel on the link and declares there what it needs, each time the link comes up. */
export interface Station {
  up(model: ChannelModel): Promise<void>;
  /** The link is gone, and every channel with it. Also called when the link never came up wholly. */
  down(): void;
  /** The broker takes messages again after it had refused them. */
  unblocked?(): void;
}

export interface OwnChannel {
  readonly channel: Channel;
  /** Closes the channel and leaves the link alone. */
  readonly release: () => Promise<void>;
}

const HEARTBEAT_SECONDS = '10';
const HANDSHAKE_MS = 5_000;
const GOODBYE_MS = 1_000;
const RECOVERY = { initialDelay: 100, maxDelay: 5_000, factor: 2, jitter: 0.5 };

/**
 * The one connection of a process to RabbitMQ, which comes back for ever. Whatever breaks on it (a channel, a consumer that the
 * broker cancels) breaks the whole link: there is one way to recover, and it is used every time.
 */
export class Link {
  private readonly stations = new Set<Station>();
  private recovering: RecoveringChannelModel | undefined;
  private model: ChannelModel | undefined;
  private refusing = false;
  private closing = false;

  constructor(
    private readonly url: string,
    private readonly log: Logger,
  ) {}

  /** Resolves when the link is up, or after `withinMs`: from then on it comes up by itself. */
  async open(withinMs: number): Promise<void> {
    const recovering = await connect(withHeartbeat(this.url), {
      noDelay: true,
      keepAlive: true,
      timeout: HANDSHAKE_MS,
      clientProperties: { connection_name: `signalbox ${hostname()}:${process.pid}` },
      recovery: { ...RECOVERY, waitForConnect: false, setup: (model: ChannelModel) => this.setUp(model) },
    });
    this.recovering = recovering;
    recovering.on('error', (err) => this.log.warn({ err }, 'the link to RabbitMQ failed'));
    recovering.on('connect-failed', (err) => this.log.warn({ err }, 'RabbitMQ cannot be reached'));
    recovering.on('blocked', (reason) => {
      this.refusing = true;
      this.log.warn({ reason }, 'RabbitMQ takes no messages');
    });
    recovering.on('unblocked', () => {
      this.refusing = false;
      for (const station of this.stations) station.unblocked?.();
    });
    await settledWithin(withinMs, recovering.waitForConnect());
  }

  get up(): boolean {
    return this.model !== undefined && !this.closing;
  }

  /** The broker is short of memory or disk: what is sent now would pile up in this process. */
  get blocked(): boolean {
    return this.refusing;
  }

  /** Takes a station in. Resolves when it is up, or at once while the link is down. */
  async add(station: Station): Promise<void> {
    this.stations.add(station);
    const { model } = this;
    if (model === undefined) return;
    try {
      await station.up(model);
    } catch (err) {
      this.restart(model, err);
    }
  }

  remove(station: Station): void {
    this.stations.delete(station);
  }

  /** A channel whose end, unless `release` has been called, is the end of the link. */
  async channel(model: ChannelModel): Promise<OwnChannel> {
    const channel = await model.createChannel();
    let released = false;
    channel.on('error', (err) => this.log.error({ err }, 'RabbitMQ refused an operation'));
    channel.on('close', () => {
      // By itself or with the connection? In a moment that is known.
      if (!released) setImmediate(() => this.restart(model, new Error('a channel was closed')));
    });
    return {
      channel,
      release: async () => {
        released = true;
        await channel.close();
      },
    };
  }

  /** Breaks the link, so that it is built anew. */
  restart(model: ChannelModel, err: unknown): void {
    if (this.model === model) this.log.warn({ err }, 'the link to RabbitMQ is built anew');
    void hangUp(model);
  }

  async close(): Promise<void> {
    this.closing = true;
    if (this.recovering !== undefined) await settledWithin(GOODBYE_MS, this.recovering.close());
  }

  /** Whatever fails or ends in here, amqplib comes back with a new connection. */
  private async setUp(model: ChannelModel): Promise<void> {
    let ended = false;
    batchWrites(model);
    // An error is followed by a close, which is what counts.
    model.on('error', () => undefined);
    model.once('close', () => {
      ended = true;
      this.wentDown(model);
    });
    try {
      for (const station of this.stations) await station.up(model);
      if (ended) throw new Error('the connection ended while it was being set up');
    } catch (error) {
      // amqplib waits for ever for a close that crosses the end of the connection: so close here, and wait for the end.
      if (!ended) await hungUp(model);
      for (const station of this.stations) station.down();
      throw error;
    }
    this.model = model;
    this.refusing = false;
    linkUp.set(1);
    this.log.info('the link to RabbitMQ is up');
  }

  private wentDown(model: ChannelModel): void {
    if (this.model !== model) return;
    this.model = undefined;
    linkUp.set(0);
    if (!this.closing) this.log.warn('the link to RabbitMQ is down');
    for (const station of this.stations) station.down();
  }
}

function withHeartbeat(text: string): string {
  const url = new URL(text);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', HEARTBEAT_SECONDS);
  return url.href;
}

/** Closing what has ended already is no failure. */
async function hangUp(model: ChannelModel): Promise<void> {
  try {
    await model.close();
  } catch {
    return;
  }
}

async function hungUp(model: ChannelModel): Promise<void> {
  const end = new Promise<void>((resolve) => model.once('close', () => resolve()));
  void hangUp(model);
  await end;
}
