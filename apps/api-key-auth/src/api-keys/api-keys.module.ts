import { Module, type DynamicModule } from '@nestjs/common';
import { ApiKeyHasher } from '@signalbox/security';
import { ApiKeysController } from './api-keys.controller';
import { ApiKeysRepository } from './api-keys.repository';
import { ApiKeysService } from './api-keys.service';
import { ExpiringKeysRepository } from './expiring-keys.repository';
import { KeyResolver } from './key-resolver';
import { KEY_EXPIRING_DAYS, KeyRounds } from './key-rounds';
import { SecretsRepository } from './secrets.repository';

@Module({})
export class ApiKeysModule {
  /** @param expiringDays days ahead that the expiry of a key is told */
  static of(peppers: readonly string[], expiringDays: number): DynamicModule {
    return {
      module: ApiKeysModule,
      controllers: [ApiKeysController],
      providers: [
        { provide: ApiKeyHasher, useFactory: () => new ApiKeyHasher(peppers) },
        { provide: KEY_EXPIRING_DAYS, useValue: expiringDays },
        ApiKeysRepository,
        SecretsRepository,
        ExpiringKeysRepository,
        ApiKeysService,
        KeyResolver,
        KeyRounds,
      ],
    };
  }
}
