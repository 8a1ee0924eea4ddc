import { Injectable } from '@nestjs/common';
import { ConnectionError, ConnectionSettings, connectorById, receiverFor } from '@signalbox/connectors';
import { DomainError, type FieldProblem } from '@signalbox/contracts';
import { IntegrationsRepository } from '../integrations/integrations.repository';
import { SettingsVault } from '../integrations/settings-vault';
import { PublicAddress } from './public-address';

const FIELD = 'register';

/** What a caller may be told at once about a hook that is wanted, before any provider is asked. */
@Injectable()
export class HookCheck {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly vault: SettingsVault,
    private readonly addresses: PublicAddress,
  ) {}

  /** The header that the provider signs in, undefined where the hub sets no hooks up there. */
  ownHeader(provider: string): string | undefined {
    const webhook = connectorById(provider)?.webhook;
    return webhook?.hooks && webhook.scheme.headers[0];
  }

  /** Whether the provider makes the secret, so that nobody else can. */
  makesSecret(provider: string): boolean {
    return connectorById(provider)?.webhook?.hooks?.makesSecret === true;
  }

  /** @throws DomainError VALIDATION_FAILED where the hook cannot be made */
  async check(integrationId: string, wish: Verification & { secret?: string }): Promise<void> {
    const integration = await this.integrations.find(integrationId);
    if (integration === null) throw DomainError.notFound('integration');
    const connector = connectorById(integration.provider);
    const hooks = connector?.webhook?.hooks;
    if (!connector || !hooks) {
      throw problem('hook_unsupported', { provider: connector?.title ?? integration.provider });
    }
    if (this.addresses.prefix === null) throw problem('hook_public_url');
    if (wish.secret !== undefined && hooks.makesSecret) {
      throw DomainError.invalid({ field: 'secret', key: 'hook_secret' });
    }
    this.checkHeader(integration.provider, wish);
    const { configuration, credentials } = this.vault.open(integration.current);
    try {
      hooks.place(new ConnectionSettings(configuration, credentials));
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      throw problem('hook_settings', { reason: error.message });
    }
  }

  /** @throws DomainError VALIDATION_FAILED where what the provider sends would be refused */
  checkHeader(provider: string, verification: Verification): void {
    const header = headerNeeded(provider, verification);
    if (header === null) return;
    throw DomainError.invalid({ field: 'signature_header', key: 'hook_header', params: { header } });
  }
}

/** How an endpoint knows who sends. */
export interface Verification {
  readonly header: string;
  readonly verifies: boolean;
}

/** The header that the endpoint must verify by, where it refuses what the provider's hook sends; else null. */
export function headerNeeded(provider: string, { header, verifies }: Verification): string | null {
  const own = connectorById(provider);
  if (!verifies || !own?.webhook?.hooks) return null;
  const { scheme } = own.webhook;
  return receiverFor(own, header).webhook.scheme === scheme ? null : (scheme.headers[0] ?? null);
}

function problem(key: string, params?: FieldProblem['params']): DomainError {
  return DomainError.invalid({ field: FIELD, key, params });
}
