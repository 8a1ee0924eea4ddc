import { ConnectionError } from '@signalbox/connectors';

const RECEIVE = '/integration-management/webhooks/receive/';

/** How the outside reaches endpoints. */
export class PublicAddress {
  private readonly base: string | null;

  /** @param publicUrl of the gateway, undefined where nobody has said */
  constructor(publicUrl: string | undefined) {
    this.base = publicUrl?.replace(/\/+$/, '') ?? null;
  }

  /** What every address begins with; null where nobody has said how the outside reaches the hub. */
  get prefix(): string | null {
    return this.base === null ? null : this.base + RECEIVE;
  }

  /** @throws ConnectionError where nobody has said how the outside reaches the hub */
  of(path: string): string {
    const { prefix } = this;
    if (prefix === null) {
      throw new ConnectionError(
        'invalid_settings',
        'PUBLIC_URL is not set: the provider cannot be told where to send to',
      );
    }
    return prefix + path;
  }
}
