import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import type { Audience, NoticeListeners } from '../notice-listeners';
import type { Link, Station } from './link';
import { NOTICES_EXCHANGE, noticesQueue, OWN_QUEUE, SHARED_QUEUE } from './names';

/** Notices a process hears at once, of each queue; the others wait in the queue. */
const PREFETCH = 64;

/** The notices of a process: one exchange, a queue of its own for `everyone`, a shared one for each app that listens. */
export class NoticeStation implements Station {
  private channel: Channel | undefined;
  private model: ChannelModel | undefined;
  private congested = false;
  private readonly queues = new Map<Audience, Promise<string>>();
  private readonly reconnectListeners: (() => void)[] = [];

  constructor(
    private readonly link: Link,
    private readonly listeners: NoticeListeners,
    private readonly log: Logger,
  ) {}

  async up(model: ChannelModel): Promise<void> {
    const { channel } = await this.link.channel(model);
    channel.on('drain', () => {
      this.congested = false;
    });
    await channel.assertExchange(NOTICES_EXCHANGE, 'topic', { durable: true });
    await channel.prefetch(PREFETCH);
    this.model = model;
    this.channel = channel;
    this.congested = false;
    for (const audience of this.listeners.audiences()) {
      for (const name of this.listeners.names(audience)) await this.bind(channel, model, audience, name);
    }
    for (const listener of this.reconnectListeners) this.callBack(listener);
  }

  down(): void {
    this.channel = undefined;
    this.model = undefined;
    this.queues.clear();
  }

  onReconnect(listener: () => void): void {
    this.reconnectListeners.push(listener);
  }

  /** False when it was not sent. */
  publish(name: string, payload: string): boolean {
    if (this.channel === undefined || this.congested || this.link.blocked) return false;
    this.congested = !this.channel.publish(NOTICES_EXCHANGE, name, Buffer.from(payload));
    return true;
  }

  /** Resolves when notices of this name arrive, or at once while the link is down: then they do when it is up. */
  async hear(audience: Audience, name: string): Promise<void> {
    const { channel, model } = this;
    if (channel === undefined || model === undefined) return;
    try {
      await this.bind(channel, model, audience, name);
    } catch (err) {
      this.link.restart(model, err);
    }
  }

  private async bind(channel: Channel, model: ChannelModel, audience: Audience, name: string): Promise<void> {
    const queue = this.queues.get(audience) ?? this.consume(channel, model, audience);
    this.queues.set(audience, queue);
    await channel.bindQueue(await queue, NOTICES_EXCHANGE, name);
  }

  private async consume(channel: Channel, model: ChannelModel, audience: Audience): Promise<string> {
    const { queue } =
      audience === 'everyone'
        ? await channel.assertQueue('', OWN_QUEUE)
        : await channel.assertQueue(noticesQueue(audience), SHARED_QUEUE);
    const heard = async (message: ConsumeMessage) => {
      await this.listeners.hear(audience, message.fields.routingKey, message.content.toString());
      try {
        channel.ack(message);
      } catch (err) {
        this.log.debug({ err }, 'a notice was heard after its link had ended');
      }
    };
    await channel.consume(queue, (message) => {
      if (message === null) return this.link.restart(model, new Error(`${queue} was deleted`));
      void heard(message);
    });
    return queue;
  }

  private callBack(listener: () => void): void {
    try {
      listener();
    } catch (err) {
      this.log.error({ err }, 'a listener to reconnects failed');
    }
  }
}
