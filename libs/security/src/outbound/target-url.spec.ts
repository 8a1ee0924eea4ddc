import { AddressPolicy } from './address-policy';
import { readTarget } from './target-url';

const strict = new AddressPolicy([]);

describe('readTarget', () => {
  it('splits a URL into what is dialled and what is asked for, without the fragment', () => {
    expect(readTarget('HTTPS://Hooks.Example.com:443/a/../b?x=1&y=%20#part', strict)).toEqual({
      origin: 'https://hooks.example.com',
      path: '/b?x=1&y=%20',
    });
  });

  it.each([
    '',
    'hooks.example.com',
    '/relative',
    'http://',
    'http://a b/',
    'http://[::1',
    'http://x:99999',
    'http://1.2.3.4.5/',
  ])('%j is unparsable', (url) => {
    expect(readTarget(url, strict)).toBe('unparsable');
  });

  it.each([
    'ftp://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'ws://example.com',
    'gopher://x',
  ])('%s is not http', (url) => {
    expect(readTarget(url, strict)).toBe('not_http');
  });

  it.each([
    'http://user@example.com',
    'https://user:pass@example.com/',
    'http://:pass@example.com',
    'http://8.8.8.8@127.0.0.1/',
  ])('%s has credentials', (url) => {
    expect(readTarget(url, strict)).toBe('has_credentials');
  });

  it.each([
    'http://127.0.0.1',
    'http://127.0.0.1.:80',
    'http://127.1',
    'http://127.0.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0x7f.0.0.1',
    'http://0X7F.1',
    'http://0177.0.0.1',
    'http://017700000001',
    'http://0',
    'http://0.0.0.0:8080',
    'http://１２７.０.０.１',
    'http://①②⑦.⓪.⓪.①',
    'http://127。0。0。1',
    'http://%31%32%37.0.0.1',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://[::1]:3000',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[0:0:0:0:0:ffff:a9fe:a9fe]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://[fd00:ec2::254]',
    'http://[fe80::1]',
    'https://10.0.0.1/',
  ])('%s is a private address', (url) => {
    expect(readTarget(url, strict)).toBe('private_address');
  });

  it('leaves names to be judged when they are dialled', () => {
    expect(readTarget('http://localhost:3000/x', strict)).toEqual({
      origin: 'http://localhost:3000',
      path: '/x',
    });
    expect(readTarget('http://127.0.0.1.nip.io/', strict)).toMatchObject({
      origin: 'http://127.0.0.1.nip.io',
    });
  });

  it('lets an allowed address through, in any form', () => {
    const policy = new AddressPolicy(['127.0.0.0/8']);
    expect(readTarget('http://0x7f.1:99/', policy)).toMatchObject({ origin: 'http://127.0.0.1:99' });
    expect(readTarget('http://[::ffff:127.0.0.1]/', policy)).toMatchObject({ path: '/' });
    expect(readTarget('http://[::1]/', policy)).toBe('private_address');
  });
});
