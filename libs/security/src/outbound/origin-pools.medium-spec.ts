import { setTimeout as sleep } from 'node:timers/promises';
import { buildConnector } from 'undici';
import { answering, closeReceivers, httpReceiver, tcpReceiver, type Receiver } from '../../testing/receivers';
import { until } from '../../testing/until';
import { OriginPool, OriginPools, type Dispatchable } from './origin-pools';
import { OutboundClient, type OutboundClientOptions } from './outbound-client';
import type { OutboundRequest, OutboundResponse } from './outbound-types';

const clients: OutboundClient[] = [];

function client(options: Partial<OutboundClientOptions> = {}): OutboundClient {
  const created = new OutboundClient({ allowPrivate: ['127.0.0.1'], ...options });
  clients.push(created);
  return created;
}

function post(
  from: OutboundClient,
  to: Receiver,
  path = '/',
  request: Partial<OutboundRequest> = {},
): Promise<OutboundResponse> {
  const url = `http://127.0.0.1:${to.port}${path}`;
  return from.send({
    method: 'POST',
    url,
    body: path,
    timeoutMs: 5000,
    responseLimitBytes: 1000,
    ...request,
  });
}

/** Answers at once, except on `/hang`: there it answers when told to. */
async function mixedReceiver(): Promise<{ receiver: Receiver; paths: string[]; letGo: () => void }> {
  const paths: string[] = [];
  const hanging: (() => void)[] = [];
  const receiver = await httpReceiver((request, response) => {
    const path = request.url ?? '';
    paths.push(path);
    request.resume();
    if (path === '/hang') hanging.push(() => response.end('late'));
    else response.end('ok');
  });
  const letGo = () => {
    for (const answer of hanging.splice(0)) answer();
  };
  return { receiver, paths, letGo };
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close(0)));
  await closeReceivers();
});

describe('connections to one origin', () => {
  it('are used again', async () => {
    const receiver = await httpReceiver(answering('ok'));
    const from = client();
    for (let i = 0; i < 20; i += 1) {
      await post(from, receiver);
      await sleep(1);
    }
    expect(receiver.connections()).toBe(1);
  });

  it('are as many as requests are under way, up to the cap', async () => {
    const { receiver, paths, letGo } = await mixedReceiver();
    const from = client({ connectionsPerOrigin: 3 });
    const hanging = Array.from({ length: 5 }, () => post(from, receiver, '/hang'));
    await until(() => paths.length === 3);
    await sleep(50);
    expect([paths.length, receiver.connections()]).toEqual([3, 3]);
    letGo();
    await until(() => paths.length === 5);
    letGo();
    expect((await Promise.all(hanging)).map(({ body }) => body)).toEqual(
      Array.from({ length: 5 }, () => 'late'),
    );
  });

  it('let others pass a request that hangs', async () => {
    const { receiver, paths, letGo } = await mixedReceiver();
    const from = client({ connectionsPerOrigin: 2 });
    const hanging = post(from, receiver, '/hang');
    await until(() => paths.length === 1);
    for (let i = 0; i < 20; i += 1)
      expect(await post(from, receiver, '/quick')).toMatchObject({ body: 'ok' });
    letGo();
    await hanging;
  });

  it('do not take up a request that has stopped waiting for one', async () => {
    const { receiver, paths, letGo } = await mixedReceiver();
    const from = client({ connectionsPerOrigin: 1 });
    const dispatch = jest.spyOn(OriginPool.prototype, 'dispatch');
    const hanging = post(from, receiver, '/hang');
    await until(() => paths.length === 1);

    const abort = new AbortController();
    const aborted = post(from, receiver, '/aborted', { signal: abort.signal });
    const patient = post(from, receiver, '/patient');
    await expect(post(from, receiver, '/impatient', { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'timeout',
    });
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });

    letGo();
    await Promise.all([hanging, patient]);
    expect(paths).toEqual(['/hang', '/patient']);
    expect(dispatch).toHaveBeenCalledTimes(2);
    dispatch.mockRestore();
  });

  it('are not handed to what was withdrawn', async () => {
    const { receiver, paths, letGo } = await mixedReceiver();
    const pools = new OriginPools({
      connect: buildConnector({}),
      connectionsPerOrigin: 1,
      idleOrigins: 1,
      keepAliveTimeoutMs: 1000,
    });
    const pool = pools.of(`http://127.0.0.1:${receiver.port}`);
    const request = (path: string): Dispatchable => ({
      options: { path, method: 'GET' },
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: () => undefined,
      onResponseEnd: () => {
        pool.release();
      },
      onResponseError: () => undefined,
    });
    const withdrawn = request('/withdrawn');
    pool.submit(request('/hang'));
    pool.submit(withdrawn);
    pool.submit(request('/last'));
    pool.withdraw(withdrawn);
    await until(() => paths.length === 1);
    letGo();
    await until(() => paths.length === 2);
    expect(paths).toEqual(['/hang', '/last']);
    await Promise.all(pools.takeAll().map((one) => one.destroy()));
  });

  it('are not used up by requests that could not be sent', async () => {
    const receiver = await httpReceiver(answering('ok'));
    const from = client({ connectionsPerOrigin: 1 });
    for (const headers of [{ 'bad name': '1' }, { bad: 'a\nb' }, { upgrade: 'h2c' }] as Record<
      string,
      string
    >[]) {
      await expect(post(from, receiver, '/', { headers })).rejects.toMatchObject({ code: 'invalid_request' });
    }
    expect(await post(from, receiver)).toMatchObject({ body: 'ok' });
  });

  it('that open too late for their request serve the next', async () => {
    const { receiver, paths } = await mixedReceiver();
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const from = client({
      connectionsPerOrigin: 1,
      resolve: () => opened.then(() => [{ address: '127.0.0.1', family: 4 }]),
    });
    const send = (path: string, timeoutMs: number) =>
      from.send({
        method: 'POST',
        url: `http://late.test:${receiver.port}${path}`,
        timeoutMs,
        responseLimitBytes: 100,
      });

    await expect(send('/too-late', 30)).rejects.toMatchObject({ code: 'timeout' });
    const next = send('/next', 5000);
    open();
    expect(await next).toMatchObject({ body: 'ok' });
    expect([paths, receiver.connections()]).toEqual([['/next'], 1]);
  });
});

describe('a connection that the receiver has given up', () => {
  it('is replaced where nothing was sent over it', async () => {
    const { receiver, paths } = await mixedReceiver();
    const from = client();
    for (let i = 0; i < 5; i += 1) {
      await post(from, receiver, `/${i}`);
      await sleep(5);
      // The client learns of it only after it has taken the next request.
      for (const socket of receiver.sockets) socket.resetAndDestroy();
    }
    expect(paths).toEqual(['/0', '/1', '/2', '/3', '/4']);
    expect(receiver.connections()).toBe(5);
  });

  it('is a reset where the request may have been processed, and the request is not repeated', async () => {
    let requests = 0;
    const receiver = await tcpReceiver((socket) => {
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.resetAndDestroy();
      });
    });
    const from = client();
    await post(from, receiver);
    await sleep(5);
    await expect(post(from, receiver)).rejects.toMatchObject({ code: 'reset' });
    await sleep(50);
    expect([requests, receiver.connections()]).toEqual([2, 1]);
  });
});

describe('origins', () => {
  it('are forgotten when their connections have been idle for long enough', async () => {
    const receivers = await Promise.all(Array.from({ length: 5 }, () => httpReceiver(answering('ok'))));
    const from = client({ keepAliveTimeoutMs: 2_000 });
    await Promise.all(receivers.map((receiver) => post(from, receiver)));
    expect(from.openOrigins).toBe(5);
    await until(() => from.openOrigins === 0);
    await until(() => receivers.every(({ sockets }) => sockets.size === 0));
  });

  it('are kept idle up to a number, the latest of them', async () => {
    const receivers = await Promise.all(Array.from({ length: 8 }, () => httpReceiver(answering('ok'))));
    const from = client({ idleOrigins: 3, keepAliveTimeoutMs: 60_000 });
    for (const receiver of receivers) await post(from, receiver);
    expect(from.openOrigins).toBe(3);
    await until(() => receivers.filter(({ sockets }) => sockets.size > 0).length === 3);
    expect(receivers.slice(-3).every(({ sockets }) => sockets.size === 1)).toBe(true);
  });

  it('that fail are forgotten at once', async () => {
    const from = client({
      resolve: (name) => Promise.resolve([{ address: name.startsWith('a') ? '10.0.0.1' : '', family: 4 }]),
    });
    const rude = await tcpReceiver((socket) => socket.resetAndDestroy());
    const names = Array.from({ length: 50 }, (_, i) => `http://${i % 2 === 0 ? 'a' : 'b'}${i}.test/`);
    await Promise.all(
      [...names, `https://127.0.0.1:${rude.port}/`].map((url) =>
        from.send({ method: 'GET', url, timeoutMs: 5000, responseLimitBytes: 1 }).catch(() => undefined),
      ),
    );
    await until(() => from.openOrigins === 0);
  });
});

describe('closing', () => {
  it('lets what is under way finish, fails what waits, and takes no more', async () => {
    const { receiver, paths, letGo } = await mixedReceiver();
    const from = client({ connectionsPerOrigin: 1 });
    const underWay = post(from, receiver, '/hang');
    await until(() => paths.length === 1);
    const waiting = Array.from({ length: 20_000 }, () =>
      post(from, receiver, '/waiting').catch((error: unknown) => error),
    );

    const closed = from.close(5000);
    for (const outcome of await Promise.all(waiting)) expect(outcome).toMatchObject({ code: 'aborted' });
    await expect(post(from, receiver)).rejects.toMatchObject({ code: 'aborted' });
    letGo();
    expect(await underWay).toMatchObject({ body: 'late' });
    await closed;
    expect(paths).toEqual(['/hang']);
    await until(() => receiver.sockets.size === 0);
  });

  it('fails what is still under way after its grace', async () => {
    const { receiver, paths } = await mixedReceiver();
    const from = client();
    const underWay = post(from, receiver, '/hang').catch((error: unknown) => error);
    await until(() => paths.length === 1);
    await from.close(20);
    expect(await underWay).toMatchObject({ code: 'aborted' });
    await until(() => receiver.sockets.size === 0);
  });
});
