import type { ServiceName } from '@signalbox/contracts';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import { OperationServer, type ServerOptions } from '../operation-server';
import { settledWithin } from '../settled-within';
import { fromFrame } from './frame';
import type { Link, OwnChannel, Station } from './link';
import { serviceQueue, SHARED_QUEUE } from './names';

interface Consumer extends OwnChannel {
  readonly tag: string;
}

/** Takes requests from the service's queue. A request is acknowledged when its handler has ended. */
export class RabbitmqServer extends OperationServer implements Station {
  private consumer: Consumer | undefined;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly link: Link,
    service: ServiceName,
    options: ServerOptions,
    log: Logger,
  ) {
    super(service, options, log);
  }

  /** Calls back when requests are taken, or at once while the link is down: then they are as soon as it is up. */
  listen(callback: (error?: unknown) => void): void {
    this.link.add(this).then(() => callback(), callback);
  }

  async up(model: ChannelModel): Promise<void> {
    const { channel, release } = await this.link.channel(model);
    const queue = serviceQueue(this.service);
    await channel.assertQueue(queue, SHARED_QUEUE);
    await channel.prefetch(this.options.concurrency);
    const { consumerTag: tag } = await channel.consume(queue, (message) => {
      if (message === null) return this.link.restart(model, new Error(`${queue} was deleted`));
      void this.take(channel, message);
    });
    this.consumer = { channel, tag, release };
  }

  down(): void {
    this.consumer = undefined;
  }

  stop(withinMs: number): Promise<void> {
    this.stopping ??= this.leave(withinMs);
    return this.stopping;
  }

  private async leave(withinMs: number): Promise<void> {
    this.link.remove(this);
    const { consumer } = this;
    const until = Date.now() + withinMs;
    const left = () => Math.max(0, until - Date.now());
    // Both fail where the link has ended, which comes to the same.
    if (consumer !== undefined) await settledWithin(left(), consumer.channel.cancel(consumer.tag));
    await this.idle(left());
    // What has not ended by now goes back to the queue.
    if (consumer !== undefined) await settledWithin(left(), consumer.release());
  }

  private async take(channel: Channel, message: ConsumeMessage): Promise<void> {
    const properties: Readonly<Record<'type' | 'replyTo' | 'correlationId', unknown>> = message.properties;
    const { type, replyTo, correlationId } = properties;
    const reply = await this.answer(String(type), fromFrame(message), message.fields.redelivered);
    try {
      if (typeof replyTo === 'string') {
        // Perhaps another link than the one it came on: its caller may be there still.
        (this.consumer?.channel ?? channel).publish('', replyTo, Buffer.from(reply), {
          correlationId: String(correlationId),
        });
      }
      channel.ack(message);
    } catch (err) {
      this.log.debug({ err, operation: type }, 'a reply was not sent: the link has ended');
    }
  }
}
