import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ERROR_SENTENCES } from '../messages/error-sentences';
import { say } from '../messages/messages';
import { SURFACES } from '../surfaces/surface';
import { securityHeaders } from './security-headers';

/** What Node's HTTP parser and timers call what they give up on; anything else is a bad request. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Nobody asked for a surface or a language yet: that of a path which no controller serves. */
const SURFACE = SURFACES['code-review'];

/**
 * Answers what is no HTTP request (broken or over-long headers, a client that never finishes) and ends the connection.
 * @param headers of the limits that the client is under
 */
export function answerUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  headers: Readonly<Record<string, string | number>>,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUSES[error.code ?? ''] ?? 400;
  const body = JSON.stringify(
    SURFACE.envelope.failure(
      {
        code: SURFACE.errors.codes.MALFORMED_BODY.code,
        message: say(ERROR_SENTENCES.unreadable_request, SURFACE.language),
        fields: [],
      },
      { language: SURFACE.language, says: 'ok', url: '/', publicOrigin: () => '' },
    ),
  );
  const lines = Object.entries({
    ...securityHeaders(),
    ...headers,
    'x-request-id': randomUUID(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
