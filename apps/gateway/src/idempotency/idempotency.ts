import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError, idempotencyOperations, SYSTEM, type StoredResponse } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { maskForReplay } from './mask-for-replay';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Of a response, what a replay repeats; the rest belongs to each answer of its own. */
const KEPT_HEADERS = ['content-type', 'location'] as const;
/** Shortly: the first request is about to end. */
const RETRY_SECONDS = 1;

const conflict = (messageKey: string, retryAfter?: number): DomainError =>
  new DomainError({ code: 'CONFLICT', messageKey, retryAfter });

/** `Idempotency-Key` on a POST: the first response is kept for 24 hours and answered again. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly rpc: RpcClient,
    private readonly log: Logger,
  ) {}

  applies({ method, headers, hub }: FastifyRequest): boolean {
    return method === 'POST' && headers['idempotency-key'] !== undefined && hub.facts?.idempotent === true;
  }

  /**
   * Claims the key. Undefined: run the request, and `settle` it.
   * @returns the response to answer again
   * @throws DomainError `VALIDATION_FAILED` for a malformed key, `CONFLICT` for another body or while the first is running
   */
  async claim(request: FastifyRequest): Promise<StoredResponse | undefined> {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw DomainError.invalid({ field: 'Idempotency-Key', key: 'idempotency_key' });
    }
    const claim = await this.rpc.call(
      idempotencyOperations.claim,
      { scope: scopeOf(request), key, digest: digestOf(request) },
      this.options(request),
    );
    switch (claim.state) {
      case 'run':
        request.hub.claim = claim.id;
        return undefined;
      case 'replay':
        return claim.response;
      case 'mismatch':
        throw conflict('idempotency_mismatch');
      case 'running':
        throw conflict('idempotency_running', RETRY_SECONDS);
    }
  }

  /** Keeps what is about to be answered; a refusal frees the key. Never throws: the answer matters more. */
  async settle(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    const id = request.hub.claim;
    if (id === undefined) return;
    request.hub.claim = undefined;
    try {
      if (reply.statusCode >= 400) {
        // Whoever may have run keeps its claim, so that repeating finds what it made.
        const input = { id, may_have_run: request.hub.mayHaveRun };
        await this.rpc.call(idempotencyOperations.release, input, this.options(request));
      } else {
        const response = {
          status: reply.statusCode,
          headers: keptHeaders(reply),
          body: maskForReplay(typeof payload === 'string' ? payload : ''),
        };
        await this.rpc.call(idempotencyOperations.settle, { id, response }, this.options(request));
      }
    } catch (err) {
      this.log.warn({ err, requestId: request.id }, 'an idempotency key could not be settled');
    }
  }

  private options({ id, hub }: FastifyRequest) {
    return { context: { principal: SYSTEM, requestId: id, traceparent: hub.traceparent } };
  }
}

function scopeOf({ method, hub, ip }: FastifyRequest): string {
  const who = hub.principal ? `${hub.principal.kind}:${hub.principal.id}` : `address:${ip}`;
  return `${who} ${method} ${hub.path.replace(/(.)\/$/, '$1')}`;
}

/** Of everything that says what is asked for: the query, and the body as it came. */
function digestOf({ hub }: FastifyRequest): string {
  const digest = createHash('sha256').update(hub.url.slice(hub.path.length)).update('\0');
  if (hub.rawBody) digest.update(hub.rawBody);
  return digest.digest('base64url');
}

function keptHeaders(reply: FastifyReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}
