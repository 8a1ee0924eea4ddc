import type { Dispatcher } from 'undici';
import type { Dispatchable, OriginPool } from './origin-pools';
import { isStaleConnection, OutboundError, toOutboundError } from './outbound-error';
import type { OutboundRequest, OutboundResponse } from './outbound-types';
import { ResponseBody } from './response-body';
import type { Target } from './target-url';

/** The most that a Node timer takes: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const MAX_HEADERS = 64;
const MAX_HEADER_CHARACTERS = 2048;

/** Ends undici's part of a request whose caller already has an answer. */
const OVER = new Error('no longer wanted');

/** One request and its answer: undici's handler, the clock, and the promise of the caller. */
export class Exchange implements Dispatchable {
  readonly options: Dispatcher.DispatchOptions;

  private readonly body: ResponseBody;
  private readonly startedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: Record<string, string> = {};
  private settled = false;
  private repeated = false;

  constructor(
    private readonly request: OutboundRequest,
    private readonly target: Target,
    private readonly pool: OriginPool,
    private readonly resolve: (response: OutboundResponse) => void,
    private readonly reject: (error: OutboundError) => void,
  ) {
    this.options = {
      path: target.path,
      method: request.method,
      headers: request.headers,
      body: request.body,
    };
    this.body = new ResponseBody(request.responseLimitBytes);
  }

  begin(): void {
    const { signal, timeoutMs } = this.request;
    this.timer = setTimeout(onTimeout, Math.min(timeoutMs, LONGEST_TIMER_MS), this);
    signal?.addEventListener('abort', this.onAbort, { once: true });
    this.pool.submit(this);
  }

  abandon(error: OutboundError): void {
    if (this.settled) return;
    this.fail(error);
    if (this.controller !== undefined) this.controller.abort(OVER);
    // When it waits no more, it is queued on a connection that is still opening: onRequestStart ends it there.
    else this.pool.withdraw(this);
  }

  onTimeout(): void {
    const { origin } = this.target;
    this.abandon(
      new OutboundError('timeout', `No complete answer from ${origin} within ${this.request.timeoutMs} ms.`),
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Throwing gives the connection to the next request; aborting would close it.
    if (this.settled) throw OVER;
    this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HeadersIn): void {
    // Interim answers (1xx) come here too, before the final one.
    this.status = status;
    this.headers = boundHeaders(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.body.push(chunk);
    if (this.body.exhausted) {
      this.succeed();
      controller.abort(OVER);
    }
  }

  onResponseEnd(): void {
    this.succeed();
    this.pool.release();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, cause: Error): void {
    const sent = this.controller !== undefined;
    if (!this.settled && !sent && !this.repeated && isStaleConnection(cause)) {
      this.repeated = true;
      // Not at once: undici is still clearing the queue that this request was in.
      setImmediate(() => {
        this.pool.dispatch(this);
      });
      return;
    }
    if (!this.settled) this.fail(toOutboundError(cause, this.target.origin, sent));
    this.pool.release();
  }

  private succeed(): void {
    this.settle();
    this.resolve({
      status: this.status,
      headers: this.headers,
      body: this.body.text(),
      truncated: this.body.truncated,
      durationMs: Math.round(performance.now() - this.startedAt),
    });
  }

  private fail(error: OutboundError): void {
    this.settle();
    this.reject(error);
  }

  private settle(): void {
    this.settled = true;
    clearTimeout(this.timer);
    this.request.signal?.removeEventListener('abort', this.onAbort);
  }

  private readonly onAbort = (): void => {
    this.abandon(new OutboundError('aborted', `The request to ${this.target.origin} was aborted.`));
  };
}

type HeadersIn = Readonly<Record<string, string | string[] | undefined>>;

function onTimeout(exchange: Exchange): void {
  exchange.onTimeout();
}

function boundHeaders(headers: HeadersIn): Record<string, string> {
  const bounded: Record<string, string> = {};
  let count = 0;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if ((count += 1) > MAX_HEADERS) break;
    const text = typeof value === 'string' ? value : value.join(', ');
    bounded[name] = text.length > MAX_HEADER_CHARACTERS ? text.slice(0, MAX_HEADER_CHARACTERS) : text;
  }
  return bounded;
}
