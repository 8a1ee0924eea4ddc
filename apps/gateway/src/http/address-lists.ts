import { isIP } from 'node:net';
import type { Config } from '@signalbox/config';
import { AddressRanges } from '@signalbox/security';

/** The addresses that may call the gateway at all (`IP_ALLOW`, `IP_DENY`). */
export class AddressLists {
  private readonly allowed: AddressRanges;
  private readonly denied: AddressRanges;

  constructor({ IP_ALLOW, IP_DENY }: Pick<Config, 'IP_ALLOW' | 'IP_DENY'>) {
    this.allowed = new AddressRanges(IP_ALLOW);
    this.denied = new AddressRanges(IP_DENY);
  }

  /** @param client his address, behind trusted proxies; one that cannot be read is let in only where there are no lists */
  admit(client: string): boolean {
    if (this.allowed.empty && this.denied.empty) return true;
    const [address = ''] = client.split('%');
    if (isIP(address) === 0 || this.denied.contains(address)) return false;
    return this.allowed.empty || this.allowed.contains(address);
  }
}
