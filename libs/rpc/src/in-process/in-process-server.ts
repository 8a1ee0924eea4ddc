import type { ServiceName } from '@signalbox/contracts';
import type { Logger } from 'pino';
import type { ClientOptions } from '../calling-client';
import { OperationServer, type ServerOptions } from '../operation-server';
import type { Message } from '../wire';

export class InProcessServer extends OperationServer {
  private readonly waiting: ((turn: 'run' | 'refused') => void)[] = [];
  private readonly maxWaiting: number;
  private taken = 0;

  constructor(
    private readonly servers: Map<ServiceName, InProcessServer>,
    service: ServiceName,
    options: ServerOptions & ClientOptions,
    log: Logger,
  ) {
    super(service, options, log);
    this.maxWaiting = options.maxPendingCalls;
  }

  listen(callback: (error?: Error) => void): void {
    if (this.servers.has(this.service)) return callback(new Error(`${this.service} is served already`));
    this.servers.set(this.service, this);
    callback();
  }

  /** Handles a message when it is its turn, and answers the reply. Never rejects. */
  async take(name: string, message: Message): Promise<string> {
    if (this.taken < this.options.concurrency) this.taken += 1;
    else if ((await this.turn()) === 'refused') return this.refusal({ code: 'SERVICE_UNAVAILABLE' });
    const reply = await this.answer(name, message, false);
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next('run');
    return reply;
  }

  async stop(withinMs: number): Promise<void> {
    if (this.servers.get(this.service) === this) this.servers.delete(this.service);
    for (const refuse of this.waiting.splice(0)) refuse('refused');
    await this.idle(withinMs);
  }

  /** A request whose caller has given up stays until its turn comes, so what waits here is bounded by itself. */
  private turn(): Promise<'run' | 'refused'> {
    if (this.waiting.length >= this.maxWaiting) return Promise.resolve('refused');
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
