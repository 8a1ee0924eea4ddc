import { answering, closeReceivers, httpReceiver, type Receiver } from '../../testing/receivers';
import { AddressPolicy } from './address-policy';
import { guardedConnector } from './guarded-connector';
import { OutboundClient } from './outbound-client';
import type { OutboundResponse } from './outbound-types';
import type { ResolvedAddress } from './resolver';

/** Stands for the public internet: the one address that is allowed. */
const PUBLIC = '127.0.0.1';
/** Stands for the inside: loopback too, but not allowed. */
const PRIVATE = '127.0.0.2';

const clients: OutboundClient[] = [];
let reached: Receiver;
let trap: Receiver;

/** A name server that gives one answer after another, the last one for ever. */
function answersInTurn(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = (hostname: string): Promise<ResolvedAddress[]> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    return Promise.resolve(answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  return { asked, resolve };
}

function client(
  resolve?: (hostname: string) => Promise<ResolvedAddress[]>,
  allowPrivate = [PUBLIC],
): OutboundClient {
  const created = new OutboundClient({ allowPrivate, resolve, keepAliveTimeoutMs: 10_000 });
  clients.push(created);
  return created;
}

function post(from: OutboundClient, url: string): Promise<OutboundResponse> {
  return from.send({ method: 'POST', url, body: '{}', timeoutMs: 5000, responseLimitBytes: 1000 });
}

/** Ends the client's idle connections, so that the next request opens one. */
function hangUp(receiver: Receiver): Promise<unknown> {
  const sockets = [...receiver.sockets];
  return Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())),
  );
}

beforeEach(async () => {
  reached = await httpReceiver(answering('outside'), { host: PUBLIC });
  trap = await httpReceiver(answering('INSIDE'), { host: PRIVATE, port: reached.port });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((one) => one.close(0)));
  await closeReceivers();
});

describe('a name that resolves outwards first and inwards then', () => {
  it('is never dialled inwards', async () => {
    const dns = answersInTurn([PUBLIC], [PRIVATE]);
    const from = client(dns.resolve);
    const url = `http://rebind.test:${reached.port}/`;

    expect(await post(from, url)).toMatchObject({ body: 'outside' });
    await hangUp(reached);
    await expect(post(from, url)).rejects.toMatchObject({ code: 'blocked_address' });
    expect(dns.asked).toEqual(['rebind.test', 'rebind.test']);
    expect(trap.connections()).toBe(0);
  });

  it('is asked for once a connection: what was checked is what is dialled', async () => {
    const dns = answersInTurn([PUBLIC], [PRIVATE]);
    expect(await post(client(dns.resolve), `http://rebind.test:${reached.port}/`)).toMatchObject({
      body: 'outside',
    });
    expect(dns.asked).toHaveLength(1);
    expect(trap.connections()).toBe(0);
  });
});

describe('a name', () => {
  it('with addresses of both kinds is dialled only at the permitted ones', async () => {
    const dns = answersInTurn([PRIVATE, '10.0.0.1', '::1', PUBLIC]);
    expect(await post(client(dns.resolve), `http://both.test:${reached.port}/`)).toMatchObject({
      body: 'outside',
    });
    expect(trap.connections()).toBe(0);
  });

  it.each([
    PRIVATE,
    '169.254.169.254',
    '::ffff:127.0.0.2',
    '::1',
    'fe80::1%lo',
    'fd00:ec2::254',
    '64:ff9b::a00:1',
  ])('that resolves to %s is blocked, and the address is not told', async (address) => {
    const attempt = post(client(answersInTurn([address]).resolve), `http://inner.test:${trap.port}/`);
    await expect(attempt).rejects.toMatchObject({
      code: 'blocked_address',
      message: expect.not.stringContaining(address) as string,
    });
    expect(trap.connections()).toBe(0);
  });

  it('whose resolver answers something that is no address is blocked', async () => {
    const from = client(() => Promise.resolve([{ address: 'localhost', family: 4 }]));
    await expect(post(from, `http://odd.test:${trap.port}/`)).rejects.toMatchObject({
      code: 'blocked_address',
    });
  });

  it('is resolved once for connections that open together', async () => {
    const dns = answersInTurn([PUBLIC]);
    const from = client(dns.resolve);
    await Promise.all(Array.from({ length: 10 }, () => post(from, `http://many.test:${reached.port}/`)));
    expect(dns.asked.length).toBeLessThan(reached.connections());
  });
});

describe('an address written out', () => {
  it.each([
    PRIVATE,
    '127.2',
    '2130706434',
    '0x7f000002',
    '0177.0.0.2',
    '[::ffff:127.0.0.2]',
    '[::ffff:7f00:2]',
  ])('%s is never dialled', async (host) => {
    await expect(post(client(), `http://${host}:${trap.port}/`)).rejects.toMatchObject({
      code: 'blocked_address',
    });
    expect(trap.connections()).toBe(0);
  });

  it.each(['127.0.0.1', '127.1', '[::ffff:127.0.0.1]'])('%s is dialled where it is allowed', async (host) => {
    const from = client(undefined, ['127.0.0.0/8']);
    expect(await post(from, `http://${host}:${reached.port}/`)).toMatchObject({ status: 200 });
  });

  it('is judged by the connector too, which is asked for no name', async () => {
    const dns = answersInTurn([PUBLIC]);
    const connect = guardedConnector({
      policy: new AddressPolicy([]),
      resolve: dns.resolve,
      connectTimeoutMs: 1000,
    });
    const outcome = new Promise((resolve) => {
      connect({ hostname: PRIVATE, protocol: 'http:', port: String(trap.port) }, (...outcome) => {
        resolve(outcome[0]);
      });
    });
    expect(await outcome).toMatchObject({ code: 'blocked_address' });
    expect(dns.asked).toHaveLength(0);
    expect(trap.connections()).toBe(0);
  });
});

describe('localhost', () => {
  it('is blocked like what it resolves to', async () => {
    const from = client(undefined, []);
    expect(from.checkUrl(`http://localhost:${reached.port}/`)).toBeNull();
    await expect(post(from, `http://localhost:${reached.port}/`)).rejects.toMatchObject({
      code: 'blocked_address',
    });
    expect(reached.connections()).toBe(0);
  });

  it('is reached where loopback is allowed', async () => {
    const from = client(undefined, ['127.0.0.0/8']);
    expect(await post(from, `http://localhost:${reached.port}/`)).toMatchObject({ body: 'outside' });
  });
});
