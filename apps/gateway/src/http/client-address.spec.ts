import type { IncomingMessage } from 'node:http';
import { clientAddresses } from './client-address';

describe('the address of a client', () => {
  const of = (peer: string | undefined, forwarded?: string) =>
    clientAddresses(['10.0.0.0/8', '192.0.2.1'])({
      headers: { 'x-forwarded-for': forwarded },
      socket: { remoteAddress: peer },
    } as unknown as IncomingMessage);

  it.each([
    ['203.0.113.1', undefined, '203.0.113.1'],
    ['203.0.113.1', '198.51.100.1', '203.0.113.1'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '203.0.113.9, 198.51.100.1, 192.0.2.1', '198.51.100.1'],
    ['10.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', 'nonsense', 'nonsense'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', ' , ', '10.0.0.1'],
    [undefined, undefined, ''],
  ])('from %s with %j is %s', (peer, forwarded, address) => {
    expect(of(peer, forwarded)).toBe(address);
  });
});
