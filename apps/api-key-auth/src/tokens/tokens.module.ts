import { Module, type DynamicModule } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Notices } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import type { Logger } from 'pino';
import { LOG } from '../settings.module';
import { KeyRing } from './key-ring';
import { environmentKey } from './signing-key';
import { SigningKeysController } from './signing-keys.controller';
import { SigningKeysRepository } from './signing-keys.repository';
import { TokensService } from './tokens.service';

@Module({})
export class TokensModule {
  /** @param box seals the keys that come after `jwtSecret` */
  static signedWith(jwtSecret: string, box: SecretBox): DynamicModule {
    return {
      module: TokensModule,
      global: true,
      imports: [JwtModule.register({})],
      controllers: [SigningKeysController],
      providers: [
        TokensService,
        SigningKeysRepository,
        { provide: SecretBox, useValue: box },
        {
          provide: KeyRing,
          inject: [SigningKeysRepository, Notices, LOG],
          useFactory: (stored: SigningKeysRepository, notices: Notices, log: Logger) =>
            new KeyRing(environmentKey(jwtSecret), box, stored, notices, log),
        },
      ],
      exports: [TokensService, KeyRing, SecretBox],
    };
  }
}
