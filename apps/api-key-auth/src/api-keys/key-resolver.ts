import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  API_KEY_USES_MAX,
  DomainError,
  type ApiKeyFacts,
  type ApiKeyFingerprint,
  type ApiKeyUse,
  type Principal,
} from '@signalbox/contracts';
import { ApiKeyHasher } from '@signalbox/security';
import type { Logger } from 'pino';
import { validate as isUuid } from 'uuid';
import { LOG } from '../settings.module';
import { SecretsRepository } from './secrets.repository';

const FINGERPRINTS_MAX = 20;

/** Tells gateways whose key somebody presents; they send keyed hashes, never the key. */
@Injectable()
export class KeyResolver implements OnApplicationBootstrap {
  constructor(
    private readonly secrets: SecretsRepository,
    private readonly hasher: ApiKeyHasher,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { pepper, secrets } of await this.secrets.underOther(this.hasher.names)) {
      this.log.error(
        { pepper, secrets },
        'API keys cannot be verified: the pepper they were made with is not in API_KEY_PEPPERS',
      );
    }
  }

  async resolve(
    fingerprints: readonly ApiKeyFingerprint[],
    principal: Principal,
  ): Promise<ApiKeyFacts | null> {
    requireHub(principal);
    const known = fingerprints.slice(0, FINGERPRINTS_MAX);
    const found = await this.secrets.find(known.map(({ hash }) => hash));
    if (!found) return null;
    const { hash, pepper, ...facts } = found;
    const [current] = known;
    if (current && current.pepper !== pepper && current.pepper === this.hasher.names[0])
      await this.moveTo(current, hash);
    return facts;
  }

  async used(uses: readonly ApiKeyUse[], principal: Principal): Promise<{ stored: number }> {
    requireHub(principal);
    const good = uses.filter(({ id, at }) => isUuid(id) && Number.isFinite(at)).slice(0, API_KEY_USES_MAX);
    return { stored: good.length === 0 ? 0 : await this.secrets.used(good) };
  }

  /** From now on it is found by the pepper of today; the one it was made with is not needed for it any more. */
  private async moveTo(current: ApiKeyFingerprint, before: string): Promise<void> {
    try {
      await this.secrets.rehash(before, current);
    } catch (err) {
      this.log.warn({ err }, 'An API key could not be moved to the current pepper');
    }
  }
}

/** Nobody else has anything to ask here. */
function requireHub({ kind }: Principal): void {
  if (kind !== 'system') throw new DomainError({ code: 'FORBIDDEN' });
}
