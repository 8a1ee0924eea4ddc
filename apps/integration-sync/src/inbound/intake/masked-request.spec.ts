import { connectorById, CONNECTORS, receiverFor, type SignatureScheme } from '@signalbox/connectors';
import { MASK } from '@signalbox/security';
import { maskedHeaders, maskedUrl } from './masked-request';

const scheme = (id: string): SignatureScheme => {
  const found = connectorById(id)?.webhook?.scheme;
  if (found === undefined) throw new Error(`${id} does not sign`);
  return found;
};

describe('what is kept of a request', () => {
  it('has no signature, token or cookie in its headers, in their order otherwise', () => {
    const raw = [
      'X-GitHub-Event',
      'push',
      'X-Hub-Signature-256',
      'sha256=ab',
      'Cookie',
      'a=b',
      'Accept',
      '*/*',
    ];
    expect(maskedHeaders(raw, scheme('github'))).toEqual([
      'X-GitHub-Event',
      'push',
      'X-Hub-Signature-256',
      '********',
      'Cookie',
      '********',
      'Accept',
      '*/*',
    ]);
    expect(maskedHeaders(['x-gitlab-TOKEN', 'secret'], scheme('gitlab'))).toEqual([
      'x-gitlab-TOKEN',
      '********',
    ]);
  });

  it('has no parameter that may be a token in its address', () => {
    const url = 'https://hub/receive/x?token=secret&n=1&flag';
    expect(maskedUrl(url, scheme('jenkins'))).toBe('https://hub/receive/x?token=********&n=********&flag');
    expect(maskedUrl(url, scheme('github'))).toBe('https://hub/receive/x?token=********&n=1&flag');
    expect(maskedUrl('https://hub/receive/x', scheme('jenkins'))).toBe('https://hub/receive/x');
  });
});

it.each(
  CONNECTORS.flatMap(({ id, webhook }) =>
    webhook?.scheme.headers[0] ? [[id, webhook.scheme] as const] : [],
  ),
)('has no proof of %s', (_, signed) => {
  const [name = ''] = signed.headers;
  expect(maskedHeaders([name, 'proof'], signed)).toEqual([name, MASK]);
});

it('has no signature in a header of whatever name', () => {
  const [connector] = CONNECTORS;
  if (connector === undefined) throw new Error('there is none');
  const { webhook } = receiverFor(connector, 'X-Checksum');
  expect(maskedHeaders(['x-checksum', 'ab', 'X-Checksums', 'c'], webhook.scheme)).toEqual([
    'x-checksum',
    MASK,
    'X-Checksums',
    'c',
  ]);
});
