import type { ServiceName } from '@signalbox/contracts';
import type { Logger } from 'pino';
import { OperationServer, type ServerOptions } from '../operation-server';

export class InProcessServer extends OperationServer {
  private readonly waiting: ((turn: 'run' | 'refused') => void)[] = [];
  private taken = 0;

  constructor(
    private readonly servers: Map<ServiceName, InProcessServer>,
    service: ServiceName,
    options: ServerOptions,
    log: Logger,
  ) {
    super(service, options, log);
  }

  listen(callback: (error?: Error) => void): void {
    if (this.servers.has(this.service)) return callback(new Error(`${this.service} is served already`));
    this.servers.set(this.service, this);
    callback();
  }

  /** Handles a message when it is its turn, and answers the reply. Never rejects. */
  async take(name: string, message: string): Promise<string> {
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

  private turn(): Promise<'run' | 'refused'> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
