import type { IncomingMessage } from 'node:http';
import { AddressRanges } from '@signalbox/security';

/**
 * The address of the client, as Fastify's `request.ip` has it: of whoever is named in `X-Forwarded-For` the last that is no trusted
 * proxy. For the requests on which Fastify does not look there.
 * @param trusted addresses and CIDR ranges of proxies
 */
export function clientAddresses(trusted: readonly string[]): (request: IncomingMessage) => string {
  const proxies = new AddressRanges(trusted);
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    let address = socket.remoteAddress ?? '';
    while (proxies.contains(address)) {
      const before = forwarded.pop()?.trim();
      if (!before) break;
      address = before;
    }
    return address;
  };
}
