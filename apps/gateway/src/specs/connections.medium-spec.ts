import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@signalbox/testing';
import { probesAt } from './probe-surfaces-for-spec';
import { RunningGateway } from './running-gateway-for-spec';

const LIVE = '/health/live';

interface Client {
  readonly socket: Socket;
  readonly heard: () => string;
  readonly ended: () => boolean;
}

async function clientOf(hub: RunningGateway): Promise<Client> {
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, heard: () => heard, ended: () => socket.destroyed };
}

describe('clients that never finish', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start({ HEADERS_TIMEOUT_SECONDS: '1', REQUEST_TIMEOUT_SECONDS: '2' });
  });
  afterAll(() => hub.stop());

  it.each([
    ['say nothing', '', ''],
    ['send a header byte by byte', `GET ${LIVE} HTTP/1.1\r\nHost: hub\r\nX-Slow: `, 'a'],
    [
      'send a body byte by byte',
      `POST ${probesAt('administration')}/sign-in HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`,
      ' ',
    ],
  ])('are ended when they %s, and others are served meanwhile', async (_how, start, drip) => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => clientOf(hub)));
    for (const { socket } of slow) if (start) socket.write(start);
    const dripping = setInterval(() => {
      for (const { socket } of slow) if (drip && socket.writable) socket.write(drip);
    }, 100);
    try {
      expect((await hub.fetch(LIVE)).status).toBe(200);
      await until('all are ended', 15_000, () => slow.every(({ ended }) => ended()));
    } finally {
      clearInterval(dripping);
    }
    if (start) expect(slow[0]?.heard()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('does not end who is in time, however long the answer takes to be asked for again', async () => {
    const { socket, heard, ended } = await clientOf(hub);
    const request = `GET ${LIVE} HTTP/1.1\r\nHost: hub\r\n\r\n`;
    socket.write(request);
    await until('the first answer', 5_000, () => heard().includes('HTTP/1.1 200'));
    await sleep(2_500);
    expect(ended()).toBe(false);
    socket.write(request);
    await until('the second answer', 5_000, () => heard().split('HTTP/1.1 200').length === 3);
    socket.destroy();
  });
});

describe('too many connections', () => {
  const held = async (hub: RunningGateway, count: number) => {
    const clients = [];
    for (let n = 0; n < count; n += 1) clients.push(await clientOf(hub));
    return clients;
  };
  const live = async (hub: RunningGateway) => {
    const client = await clientOf(hub);
    client.socket.write(`GET ${LIVE} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n`);
    await until('it is over', 5_000, client.ended);
    return client.heard().slice(9, 12);
  };

  it.each([
    ['from one address', { MAX_CONNECTIONS_PER_ADDRESS: '3' }],
    ['in all', { MAX_CONNECTIONS: '3' }],
  ])('%s are ended, until others end', async (_which, variables) => {
    const hub = await RunningGateway.start(variables);
    try {
      const clients = await held(hub, 3);
      expect(await live(hub)).toBe('');
      expect(clients.some(({ ended }) => ended())).toBe(false);
      clients[0]?.socket.destroy();
      await until('there is room', 5_000, async () => (await live(hub)) === '200');
      for (const { socket } of clients) socket.destroy();
    } finally {
      await hub.stop();
    }
  });

  it('a trusted proxy has as many as it needs', async () => {
    const hub = await RunningGateway.start({ MAX_CONNECTIONS_PER_ADDRESS: '3', TRUST_PROXY: '127.0.0.0/8' });
    try {
      const clients = await held(hub, 5);
      expect(await live(hub)).toBe('200');
      for (const { socket } of clients) socket.destroy();
    } finally {
      await hub.stop();
    }
  });

  it('headers beyond 16 KiB are refused', async () => {
    const hub = await RunningGateway.start();
    try {
      expect(
        await hub.raw(`GET ${LIVE} HTTP/1.1\r\nHost: hub\r\nX-Long: ${'a'.repeat(17_000)}\r\n\r\n`),
      ).toMatch(/^HTTP\/1\.1 431 /);
    } finally {
      await hub.stop();
    }
  });
});
