import { Module, type DynamicModule } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { required, type Config } from '@signalbox/config';
import { RpcClient } from '@signalbox/rpc';
import { ApiKeyHasher } from '@signalbox/security';
import type { Logger } from 'pino';
import { ApiKeys } from './api-keys';
import { RequestAuthenticator } from './authenticator';
import { CredentialStrategy } from './credential.strategy';
import { JWT_SECRET, KeyRing } from './key-ring';
import { KeySetController } from './key-set.controller';
import { KeyUses } from './key-uses';
import { SessionCache } from './session-cache';
import { TokenReader } from './token-reader';

@Module({})
export class AccessModule {
  static of(config: Config, log: Logger): DynamicModule {
    const jwtSecret = required(config, 'JWT_SECRET');
    const peppers = required(config, 'API_KEY_PEPPERS');
    return {
      module: AccessModule,
      global: true,
      imports: [JwtModule.register({})],
      controllers: [KeySetController],
      providers: [
        { provide: JWT_SECRET, useValue: jwtSecret },
        KeyRing,
        TokenReader,
        SessionCache,
        CredentialStrategy,
        RequestAuthenticator,
        { provide: ApiKeyHasher, useFactory: () => new ApiKeyHasher(peppers) },
        {
          provide: KeyUses,
          inject: [RpcClient],
          useFactory: (rpc: RpcClient) => new KeyUses(rpc, log),
        },
        ApiKeys,
      ],
      exports: [RequestAuthenticator, SessionCache],
    };
  }
}
