import {
  DomainError,
  ERROR_CODES,
  type DomainErrorData,
  type Operation,
  type ServiceName,
} from '@signalbox/contracts';
import { Server, type MessageHandler } from '@nestjs/microservices';
import { CallScope } from '@signalbox/observability';
import type { Logger } from 'pino';
import { isObservable, lastValueFrom } from 'rxjs';
import { handlings, runningOperations } from './metrics';
import { decodeRequest, encodeError, encodeValue, type Message, type Request } from './wire';

export interface ServerOptions {
  /** Operations handled at once; the others wait for their turn. */
  readonly concurrency: number;
  /** Largest request or reply. */
  readonly maxMessageBytes: number;
  /** How long closing waits for what is under way. */
  readonly drainMs: number;
}

type Outcome = 'ok' | DomainErrorData['code'];

/** Handles operations by the rules that hold on every transport; a subclass brings the messages. */
export abstract class OperationServer extends Server {
  private readonly operations = new Map<string, Operation<unknown, unknown>>();
  private running = 0;
  private whenIdle: (() => void) | undefined;

  constructor(
    readonly service: ServiceName,
    protected readonly options: ServerOptions,
    protected readonly log: Logger,
  ) {
    super();
  }

  /** Stops taking, then waits for what is under way, `withinMs` at most. */
  abstract stop(withinMs: number): Promise<void>;

  close(): Promise<void> {
    return this.stop(this.options.drainMs);
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: { operation?: Operation<unknown, unknown> } = {},
  ): void {
    const { operation } = extras;
    if (operation === undefined) throw new Error(`The handler of ${String(pattern)} lacks @Handles`);
    if (operation.service !== this.service) {
      throw new Error(`${operation.name} belongs to ${operation.service}: ${this.service} cannot handle it`);
    }
    if (this.operations.has(operation.name)) throw new Error(`${operation.name} has two handlers`);
    this.operations.set(operation.name, operation);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  on(): never {
    throw new Error('The transports have no events');
  }

  unwrap(): never {
    throw new Error('The transports have nothing inside');
  }

  /**
   * Handles one message and answers the reply to send. Never rejects.
   * @param redelivered it may have been handled before, by a process that died or was cut off
   */
  protected async answer(name: string, message: Message, redelivered: boolean): Promise<string> {
    const operation = this.operations.get(name);
    const handler = this.messageHandlers.get(name);
    if (operation === undefined || handler === undefined) {
      this.log.error({ operation: name }, 'an operation was called that has no handler');
      return this.refusal({ code: 'SERVICE_UNAVAILABLE' });
    }
    const startedAt = performance.now();
    runningOperations.inc({ service: this.service });
    this.running += 1;
    const { reply, outcome } = await this.handle(operation, handler, message, redelivered);
    this.running -= 1;
    runningOperations.dec({ service: this.service });
    handlings.observe(this.service, name, outcome, performance.now() - startedAt);
    if (this.running === 0) this.whenIdle?.();
    return reply;
  }

  protected async idle(withinMs: number): Promise<void> {
    if (this.running === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.log.warn({ service: this.service, running: this.running }, 'closing before the work has ended');
        resolve();
      }, withinMs);
      this.whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async handle(
    operation: Operation<unknown, unknown>,
    handler: MessageHandler,
    message: Message,
    redelivered: boolean,
  ): Promise<{ reply: string; outcome: Outcome }> {
    let request: Request;
    try {
      request = decodeRequest(message, operation.bytes);
    } catch (err) {
      this.log.error({ err, operation: operation.name }, 'a request cannot be read');
      return this.failure({ code: 'INTERNAL' });
    }
    if (redelivered && operation.kind === 'command') return this.failure({ code: 'SERVICE_UNAVAILABLE' });
    if (request.context.deadline <= Date.now()) return this.failure({ code: 'DEADLINE_EXCEEDED' });
    return CallScope.run(request.context, async () => {
      try {
        const answered: unknown = await handler(request.input, request.context);
        // Only where an interceptor is in the way or the handler failed.
        const value: unknown = isObservable(answered) ? await lastValueFrom(answered) : answered;
        return { reply: encodeValue(value, this.options.maxMessageBytes), outcome: 'ok' };
      } catch (error) {
        return this.failure(this.crossing(error, operation));
      }
    });
  }

  /** What of an error the caller may see; the rest goes to the log. */
  private crossing(error: unknown, operation: Operation<unknown, unknown>): DomainErrorData {
    if (!(error instanceof DomainError)) {
      this.log.error({ err: error, operation: operation.name }, 'an operation failed');
      return { code: 'INTERNAL' };
    }
    if (error.cause !== undefined) {
      const { log: level } = ERROR_CODES[error.code];
      this.log[level](
        { err: error.cause, code: error.code, operation: operation.name },
        'an operation failed',
      );
    }
    return error.data;
  }

  private failure(data: DomainErrorData): { reply: string; outcome: Outcome } {
    try {
      return { reply: encodeError(data, this.options.maxMessageBytes), outcome: data.code };
    } catch (err) {
      this.log.error({ err, code: data.code }, 'an error cannot be sent');
      return { reply: encodeError({ code: 'INTERNAL' }, Infinity), outcome: 'INTERNAL' };
    }
  }

  protected refusal(data: DomainErrorData): string {
    return this.failure(data).reply;
  }
}
