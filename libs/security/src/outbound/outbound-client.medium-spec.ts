import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  answering,
  bodyOf,
  closeReceivers,
  httpReceiver,
  httpsReceiver,
  tcpReceiver,
  type Receiver,
} from '../../testing/receivers';
import { RECEIVER_CERTIFICATE } from '../../testing/certificate';
import { until } from '../../testing/until';
import { OutboundClient, type OutboundClientOptions } from './outbound-client';
import { OutboundError } from './outbound-error';
import type { OutboundRequest, OutboundResponse } from './outbound-types';

const SECRET = 'tok_5up3r';
const clients: OutboundClient[] = [];

function client(options: Partial<OutboundClientOptions> = {}): OutboundClient {
  const created = new OutboundClient({ allowPrivate: ['127.0.0.1'], ...options });
  clients.push(created);
  return created;
}

function send(
  to: Receiver | string,
  request: Partial<OutboundRequest> = {},
  from = client(),
): Promise<OutboundResponse> {
  const url = typeof to === 'string' ? to : `http://127.0.0.1:${to.port}/hook?token=${SECRET}`;
  return from.send({ method: 'POST', url, timeoutMs: 5000, responseLimitBytes: 1000, ...request });
}

async function failure(attempt: Promise<OutboundResponse>): Promise<OutboundError> {
  const error: unknown = await attempt.then(
    ({ status }) => new Error(`answered ${status}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutboundError)) throw error;
  expect(error.message).not.toContain(SECRET);
  expect(JSON.stringify(error)).not.toContain(SECRET);
  return error;
}

/** Reads the head of a request, then does as it is told. */
function afterRequest(act: (socket: Socket) => void) {
  return tcpReceiver((socket) => {
    socket.once('data', () => {
      act(socket);
    });
  });
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close(0)));
  await closeReceivers();
});

describe('what is sent and answered', () => {
  it('sends method, path, headers and body as given, and answers with what came back', async () => {
    const receiver = await httpReceiver((request, response) => {
      const { method, url, headers } = request;
      response.writeHead(418, { 'X-Reply': ['one', 'two'] });
      void bodyOf(request).then((body) => response.end(JSON.stringify({ method, url, headers, body })));
    });
    const answer = await send(receiver, {
      headers: { 'X-Brand': 'Z', 'content-type': 'text/plain' },
      body: 'Grüße',
    });
    expect(answer).toMatchObject({ status: 418, headers: { 'x-reply': 'one, two' }, truncated: false });
    expect(answer.durationMs).toBeGreaterThanOrEqual(0);
    expect(JSON.parse(answer.body)).toMatchObject({
      method: 'POST',
      url: `/hook?token=${SECRET}`,
      headers: {
        'x-brand': 'Z',
        'content-type': 'text/plain',
        'content-length': '7',
        host: `127.0.0.1:${receiver.port}`,
      },
      body: 'Grüße',
    });
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('sends %s', async (method) => {
    const receiver = await httpReceiver((request, response) =>
      response.setHeader('x-method', request.method ?? '').end(),
    );
    expect(await send(receiver, { method })).toMatchObject({
      status: 200,
      headers: { 'x-method': method },
      body: '',
    });
  });

  it('sends a buffer byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const receiver = await httpReceiver((request, response) => {
      request.once('data', (chunk: Buffer) => response.end(chunk.toString('hex')));
    });
    expect((await send(receiver, { body: bytes })).body).toBe(bytes.toString('hex'));
  });

  it('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = [];
    const receiver = await httpReceiver((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await send(receiver)).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
    expect(paths).toHaveLength(1);
  });

  it('skips interim answers', async () => {
    const receiver = await httpReceiver((_, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.end('final');
    });
    expect(await send(receiver)).toMatchObject({ status: 200, body: 'final' });
  });

  it('ignores proxies in the environment', async () => {
    const receiver = await httpReceiver(answering('direct'));
    const before = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      NODE_USE_ENV_PROXY: '1',
    });
    try {
      expect((await send(receiver)).body).toBe('direct');
    } finally {
      process.env = before;
    }
  });

  it('keeps a bounded part of the headers', async () => {
    const receiver = await httpReceiver((_, response) => {
      response.setHeader('a-long', 'x'.repeat(5000));
      for (let i = 0; i < 100; i += 1) response.setHeader(`x-${i}`, String(i));
      response.end();
    });
    const { headers } = await send(receiver);
    expect(Object.keys(headers)).toHaveLength(64);
    expect(headers['a-long']).toHaveLength(2048);
  });
});

describe('the body of the answer', () => {
  it('is text that can be stored, whatever the bytes', async () => {
    const receiver = await httpReceiver(answering(Buffer.from([0x6f, 0xfe, 0x00, 0x6b])));
    expect((await send(receiver)).body).toBe('o\uFFFDk');
  });

  it('is cut at the limit, and the connection kept where little is left', async () => {
    const receiver = await httpReceiver(answering('€'.repeat(1000)));
    const from = client();
    expect(await send(receiver, { responseLimitBytes: 10 }, from)).toMatchObject({
      body: '€€€',
      truncated: true,
    });
    await sleep(20);
    expect(await send(receiver, { responseLimitBytes: 3000 }, from)).toMatchObject({
      body: '€'.repeat(1000),
      truncated: false,
    });
    expect(receiver.connections()).toBe(1);
  });

  it('does not have to end', async () => {
    const receiver = await httpReceiver((_, response) => {
      const pour = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await send(receiver)).toMatchObject({ status: 200, body: 'x'.repeat(1000), truncated: true });
    await until(() => receiver.sockets.size === 0);
  });
});

describe('a failed request', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['never answers', () => undefined],
    ['sends its head byte by byte', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx: ', 'y')],
    ['sends its body byte by byte', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n\r\n', 'y')],
    ['sends interim answers for ever', (socket) => drip(socket, '', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('is a timeout where the receiver %s', async (_, act) => {
    const receiver = await afterRequest(act);
    expect(await failure(send(receiver, { timeoutMs: 200 }))).toMatchObject({ code: 'timeout' });
    await until(() => receiver.sockets.size === 0);
  });

  it('is a timeout where the TLS handshake hangs, or the lookup, or connecting exceeds its own limit', async () => {
    const receiver = await tcpReceiver(() => undefined);
    const url = `https://127.0.0.1:${receiver.port}/`;
    expect(await failure(send(url, { timeoutMs: 100 }))).toMatchObject({ code: 'timeout' });
    expect(await failure(send(url, {}, client({ connectTimeoutMs: 100 })))).toMatchObject({
      code: 'timeout',
    });
    const never = client({ resolve: () => new Promise(() => undefined) });
    expect(await failure(send('http://receiver.test/', { timeoutMs: 100 }, never))).toMatchObject({
      code: 'timeout',
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['resets', (socket) => socket.resetAndDestroy()],
    ['closes', (socket) => socket.end()],
    ['closes within its head', (socket) => socket.end('HTTP/1.1 200 OK\r\nx: ')],
    ['closes within its body', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')],
    [
      'closes within its chunks',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf'),
    ],
  ])('is a reset where the receiver %s', async (_, act) => {
    const receiver = await afterRequest(act);
    expect(await failure(send(receiver))).toMatchObject({ code: 'reset' });
    expect(receiver.connections()).toBe(1);
  });

  it.each([
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['has a head over 16 KiB', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
    ['has a NUL in a header', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'],
    ['has two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'switches the protocol unasked',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    ],
  ])('is a protocol error where the answer %s', async (_, answer) => {
    const receiver = await afterRequest((socket) => socket.write(answer));
    expect(await failure(send(receiver))).toMatchObject({ code: 'protocol_error' });
  });

  it('could not connect where nothing listens', async () => {
    const { port } = await closedPort();
    expect(await failure(send(`http://127.0.0.1:${port}/?token=${SECRET}`))).toMatchObject({
      code: 'connect_failed',
    });
    const both = client({
      resolve: () =>
        Promise.resolve([
          { address: '127.0.0.1', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    });
    expect(await failure(send(`http://receiver.test:${port}/`, {}, both))).toMatchObject({
      code: 'connect_failed',
    });
  });

  it('could not resolve a name that has no address', async () => {
    const unknown = client({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await failure(send('http://receiver.test/', {}, unknown))).toMatchObject({ code: 'dns_failed' });
    expect(
      await failure(send('http://receiver.test/', {}, client({ resolve: () => Promise.resolve([]) }))),
    ).toMatchObject({ code: 'dns_failed' });
  });

  it('could not be sent with a header that is not one, or is not the caller’s to set', async () => {
    const receiver = await httpReceiver(answering('reached'));
    const badHeaders: Record<string, string>[] = [
      { Host: 'internal' },
      { connection: 'close' },
      { 'transfer-encoding': 'chunked' },
      { 'x y': '1' },
      { x: 'a\r\nb: c' },
    ];
    for (const headers of badHeaders) {
      expect(await failure(send(receiver, { headers }))).toMatchObject({
        code: 'invalid_request',
      });
    }
    expect(await failure(send(receiver, { method: 'CONNECT' as 'GET' }))).toMatchObject({
      code: 'invalid_request',
    });
    expect(receiver.connections()).toBe(0);
  });

  it.each(['nonsense', 'ftp://127.0.0.1/', 'http://user:tok_5up3r@127.0.0.1/'])(
    'has no use for %s',
    async (url) => {
      expect(await failure(send(url))).toMatchObject({ code: 'invalid_url' });
    },
  );

  it('was aborted by its caller: before, while connecting, while answering', async () => {
    const receiver = await tcpReceiver(() => undefined);
    expect(await failure(send(receiver, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'aborted' });
    expect(receiver.connections()).toBe(0);

    const connecting = new AbortController();
    const first = send(`https://127.0.0.1:${receiver.port}/`, { signal: connecting.signal });
    await until(() => receiver.connections() === 1);
    connecting.abort();
    expect(await failure(first)).toMatchObject({ code: 'aborted' });

    const answering = new AbortController();
    const second = send(receiver, { signal: answering.signal });
    await until(() => receiver.connections() === 2);
    answering.abort();
    expect(await failure(second)).toMatchObject({ code: 'aborted' });
  });
});

describe('TLS', () => {
  const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 } as const]);

  it('checks the certificate against the name, not the address', async () => {
    const receiver = await httpsReceiver(answering('safe'));
    const trusting = client({ resolve, ca: RECEIVER_CERTIFICATE });
    expect(await send(`https://receiver.test:${receiver.port}/`, {}, trusting)).toMatchObject({
      status: 200,
      body: 'safe',
    });
    expect(await failure(send(`https://other.test:${receiver.port}/`, {}, trusting))).toMatchObject({
      code: 'tls_failed',
    });
    expect(
      await failure(send(`https://receiver.test:${receiver.port}/`, {}, client({ resolve }))),
    ).toMatchObject({ code: 'tls_failed' });
  });

  it('fails where the receiver speaks something else or hangs up', async () => {
    const plain = await httpReceiver(answering('x'));
    expect(await failure(send(`https://127.0.0.1:${plain.port}/`))).toMatchObject({ code: 'tls_failed' });
    const rude = await tcpReceiver((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await failure(send(`https://127.0.0.1:${rude.port}/`))).toMatchObject({ code: 'tls_failed' });
  });
});

/** Writes `first` at once, then `more` again and again. */
function drip(socket: Socket, first: string, more: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(more), 20);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

async function closedPort(): Promise<{ port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port };
}
