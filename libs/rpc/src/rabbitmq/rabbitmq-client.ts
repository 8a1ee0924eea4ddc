import type { Channel, ChannelModel } from 'amqplib';
import type { Logger } from 'pino';
import { CallingClient, type Call, type ClientOptions } from '../calling-client';
import { toFrame } from './frame';
import type { Link, Station } from './link';
import { serviceQueue } from './names';

/** How long a call waits for the link before it is refused. */
const LINK_WAIT_MS = 2_000;

/** Sends requests to the services' queues and hears the replies on a queue that lives as long as the connection. */
export class RabbitmqClient extends CallingClient implements Station {
  private channel: Channel | undefined;
  private replyTo = '';
  /** The buffer towards the broker is full. */
  private congested = false;
  private readonly waiting = new Map<Call, NodeJS.Timeout>();

  constructor(
    private readonly link: Link,
    options: ClientOptions,
    log: Logger,
  ) {
    super(options, log);
  }

  async up(model: ChannelModel): Promise<void> {
    const { channel } = await this.link.channel(model);
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
    channel.on('drain', () => {
      this.congested = false;
      this.sendWaiting();
    });
    // No queue, no service: the broker hands the request back.
    channel.on('return', ({ properties }) =>
      this.fail(String(properties.correlationId), 'SERVICE_UNAVAILABLE'),
    );
    await channel.consume(
      queue,
      (message) => {
        if (message === null) return this.link.restart(model, new Error('the reply queue was deleted'));
        this.settle(String(message.properties.correlationId), message.content.toString());
      },
      { noAck: true, exclusive: true },
    );
    this.channel = channel;
    this.replyTo = queue;
    this.congested = false;
    this.sendWaiting();
  }

  down(): void {
    this.channel = undefined;
    this.failSent();
  }

  unblocked(): void {
    this.sendWaiting();
  }

  override end(): void {
    super.end();
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  protected send(call: Call): void {
    if (this.trySend(call)) return;
    const timer = setTimeout(
      () => {
        this.waiting.delete(call);
        this.fail(call.id, 'SERVICE_UNAVAILABLE');
      },
      Math.min(LINK_WAIT_MS, call.deadline - Date.now()),
    );
    this.waiting.set(call, timer);
  }

  private sendWaiting(): void {
    for (const [call, timer] of this.waiting) {
      if (!this.trySend(call)) return;
      clearTimeout(timer);
      this.waiting.delete(call);
    }
  }

  private trySend(call: Call): boolean {
    if (this.channel === undefined || this.congested || this.link.blocked) return false;
    const { content, headers } = toFrame(call.message);
    try {
      this.congested = !this.channel.publish('', serviceQueue(call.operation.service), content, {
        mandatory: true,
        type: call.operation.name,
        correlationId: call.id,
        replyTo: this.replyTo,
        headers,
        // The broker drops it when nobody waits for the answer any more. Zero would mean "now or never".
        expiration: Math.max(1, Math.ceil(call.deadline - Date.now())),
      });
      call.sent = true;
      return true;
    } catch (err) {
      // The channel has ended and the link does not know yet.
      this.log.debug({ err }, 'a request was not sent');
      return false;
    }
  }
}
