import { DomainError, type ErrorCode, type Operation } from '@signalbox/contracts';
import type { Logger } from 'pino';
import { calls, pendingCalls } from './metrics';
import { outgoingContext } from './outgoing-context';
import { PendingCalls } from './pending-calls';
import { RpcClient, type CallOptions } from './rpc-client';
import { decodeReply, encodeRequest, type Message } from './wire';

export interface ClientOptions {
  /** Calls that may wait for an answer at once; the next one is refused with `SERVICE_UNAVAILABLE`. */
  readonly maxPendingCalls: number;
  /** Largest request or reply. */
  readonly maxMessageBytes: number;
}

export interface Call {
  readonly id: string;
  readonly operation: Operation<unknown, unknown>;
  readonly message: Message;
  /** Unix time in milliseconds. */
  readonly deadline: number;
  /** From then on it may have been run. Whoever sends it sets it. */
  sent: boolean;
}

interface PendingCall extends Call {
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
  resolve(output: unknown): void;
  reject(error: DomainError): void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keeps the book of calls: whatever happens, each settles once, at its deadline at the latest. */
export abstract class CallingClient extends RpcClient {
  private readonly pending = new PendingCalls<PendingCall>();
  private ended = false;
  private whenIdle: (() => void) | undefined;

  constructor(
    private readonly options: ClientOptions,
    protected readonly log: Logger,
  ) {
    super();
  }

  /** Sends it on its way, or keeps it until that is possible. Must not throw. */
  protected abstract send(call: Call): void;

  // Not `async`: a promise less for every call.
  call<In, Out>(operation: Operation<In, Out>, input: In, options?: CallOptions): Promise<Out> {
    const startedAt = performance.now();
    const now = Date.now();
    const context = outgoingContext(operation, options, now);
    const refused = (code: ErrorCode): Promise<never> => {
      this.observe(operation, code, startedAt);
      return Promise.reject(new DomainError({ code }));
    };
    if (this.ended || this.pending.size >= this.options.maxPendingCalls)
      return refused('SERVICE_UNAVAILABLE');
    if (context.deadline <= now) return refused('DEADLINE_EXCEEDED');
    let message: Message;
    try {
      message = encodeRequest(context, input, this.options.maxMessageBytes, operation.bytes);
    } catch (err) {
      this.log.error({ err, operation: operation.name }, 'a request cannot be sent');
      return refused('INTERNAL');
    }
    return new Promise<Out>((resolve, reject) => {
      const call = this.pending.add((id) => ({
        id,
        operation,
        message,
        deadline: context.deadline,
        sent: false,
        startedAt,
        timer: setTimeout(() => this.expire(id), Math.min(context.deadline - now, LONGEST_TIMER_MS)),
        resolve,
        reject,
      }));
      pendingCalls.inc();
      this.send(call);
    });
  }

  /** Settles a call with the reply that came for it. Nothing happens when nobody waits for it any more. */
  protected settle(id: string, reply: string): void {
    const call = this.take(id);
    if (call === undefined) return;
    try {
      const output = decodeReply(reply);
      this.observe(call.operation, 'ok', call.startedAt);
      call.resolve(output);
    } catch (err) {
      if (!(err instanceof DomainError)) {
        this.log.error({ err, operation: call.operation.name }, 'a reply cannot be read');
      }
      const error = err instanceof DomainError ? err : new DomainError({ code: 'INTERNAL' });
      this.observe(call.operation, error.code, call.startedAt);
      call.reject(error);
    }
  }

  protected fail(id: string, code: ErrorCode): void {
    const call = this.take(id);
    if (call === undefined) return;
    this.observe(call.operation, code, call.startedAt);
    call.reject(new DomainError({ code }));
  }

  /** For calls whose answer can no longer come. A command may have run; a query does no harm when it is run again. */
  protected failSent(): void {
    for (const { id, sent, operation } of this.pending.all()) {
      if (sent) this.fail(id, operation.kind === 'command' ? 'DEADLINE_EXCEEDED' : 'SERVICE_UNAVAILABLE');
    }
  }

  /** Resolves when no call waits for an answer, after `withinMs` at the latest. */
  async idle(withinMs: number): Promise<void> {
    if (this.pending.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Refuses calls from now on, and settles those that are left. */
  end(): void {
    this.ended = true;
    this.failSent();
    for (const { id } of this.pending.all()) this.fail(id, 'SERVICE_UNAVAILABLE');
  }

  private expire(id: string): void {
    this.fail(id, this.pending.get(id)?.sent === true ? 'DEADLINE_EXCEEDED' : 'SERVICE_UNAVAILABLE');
  }

  private take(id: string): PendingCall | undefined {
    const call = this.pending.take(id);
    if (call === undefined) return undefined;
    clearTimeout(call.timer);
    pendingCalls.dec();
    if (this.pending.size === 0) this.whenIdle?.();
    return call;
  }

  private observe(operation: Operation<unknown, unknown>, outcome: string, startedAt: number): void {
    calls.observe(operation.service, operation.name, outcome, performance.now() - startedAt);
  }
}
