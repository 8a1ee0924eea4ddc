import { promisify } from 'node:util';
import type { IncomingMessage } from 'node:http';
import { gunzip, inflate } from 'node:zlib';
import { DomainError } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';

type Taken = (error: Error | null, body?: undefined) => void;

const INFLATERS: Readonly<Record<string, typeof gunzip>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
};

/** Where any type is taken, what names none stands for none: Fastify would refuse it before anybody looks. */
export function forgetBadType(request: FastifyRequest): void {
  const { headers } = request.raw;
  const named = headers['content-type'] !== undefined;
  if (request.hub.facts?.takesAnything === true && named && request.mediaType === undefined)
    delete headers['content-type'];
}

/** A body of any type, where the route takes that; kept in `hub.rawBody`. */
export function takeAnything(request: FastifyRequest, payload: IncomingMessage, done: Taken): void {
  if (request.hub.facts?.takesAnything !== true) {
    done(new DomainError({ code: 'UNSUPPORTED_MEDIA_TYPE' }));
    return;
  }
  const limit = request.routeOptions.bodyLimit ?? 0;
  if (Number(request.headers['content-length']) > limit) {
    done(new DomainError({ code: 'PAYLOAD_TOO_LARGE' }));
    return;
  }
  read(payload, limit).then((raw) => keep(request, raw, done), done);
}

/** Keeps what came, unpacked where it was packed: what unpacks to more than the limit is as large as that. */
export function keep(request: FastifyRequest, raw: Buffer, done: Taken): void {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') {
    request.hub.rawBody = raw;
    done(null);
    return;
  }
  const unpack = Object.hasOwn(INFLATERS, encoding) ? INFLATERS[encoding] : undefined;
  if (unpack === undefined) {
    done(new DomainError({ code: 'UNSUPPORTED_MEDIA_TYPE' }));
    return;
  }
  const options = { maxOutputLength: request.routeOptions.bodyLimit };
  promisify<Buffer, object, Buffer>(unpack)(raw, options).then(
    (body) => {
      request.hub.rawBody = body;
      done(null);
    },
    (error: unknown) => done(refusal(error)),
  );
}

function refusal(error: unknown): DomainError {
  const tooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
  return new DomainError({ code: tooLarge ? 'PAYLOAD_TOO_LARGE' : 'MALFORMED_BODY' });
}

function read(payload: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => void payload.off('data', onData).off('end', onEnd).off('error', onError);
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      stop();
      reject(new DomainError({ code: 'PAYLOAD_TOO_LARGE' }));
      // The rest is read and dropped: the sender may not listen before he has sent all of it.
      payload.resume();
    };
    const onEnd = (): void => {
      stop();
      const [only] = chunks;
      resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks));
    };
    const onError = (error: Error & { statusCode?: number }): void => {
      stop();
      error.statusCode ??= 400;
      reject(error);
    };
    payload.on('data', onData).on('end', onEnd).on('error', onError);
  });
}
