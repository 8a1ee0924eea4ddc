import { connect } from 'node:net';
import { probesAt } from './probe-surfaces-for-spec';
import { RunningGateway } from './running-gateway-for-spec';

const SENT_BYTES = 16 * 1024 * 1024;

describe('a body that is much too large (services in memory)', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start();
  });
  afterAll(() => hub.stop());

  it.each([
    ['told in advance', `Content-Length: ${SENT_BYTES}`, (bytes: string) => bytes],
    [
      'chunk by chunk',
      'Transfer-Encoding: chunked',
      (bytes: string) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`,
    ],
  ])('is refused without hanging up on who still sends it (%s)', async (_how, header, framed) => {
    const answers = await send(hub, header, framed);
    expect(answers).toMatch(/^HTTP\/1\.1 413 /);
    expect(answers).toContain('PAYLOAD_TOO_LARGE');
    // The connection serves the next request.
    expect(answers).toMatch(/HTTP\/1\.1 200 [^]*"status":"ok"/);
  });
});

/** Sends all of the body before it reads, then asks for something else on the same connection. */
function send(hub: RunningGateway, header: string, framed: (bytes: string) => string): Promise<string> {
  const { hostname, port } = new URL(hub.url);
  const piece = 'x'.repeat(64 * 1024);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.setTimeout(20_000, () => socket.destroy(new Error('neither answered nor closed')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    const head = [
      `POST ${probesAt('automation')} HTTP/1.1`,
      'Host: a',
      `Authorization: Bearer ${hub.signIn().token}`,
      'Content-Type: application/json',
      header,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    let left = SENT_BYTES;
    const more = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!socket.write(framed(piece))) return void socket.once('drain', more);
      }
      socket.write(header.startsWith('Transfer') ? '0\r\n\r\n' : '');
      socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      socket.resume();
    };
    more();
  });
}
