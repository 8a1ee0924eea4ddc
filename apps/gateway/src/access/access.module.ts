import { Module, type DynamicModule } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { ApiKeys, NoApiKeys } from './api-keys';
import { RequestAuthenticator } from './authenticator';
import { CredentialStrategy } from './credential.strategy';
import { JWT_SECRET, KeyRing } from './key-ring';
import { KeySetController } from './key-set.controller';
import { SessionCache } from './session-cache';
import { TokenReader } from './token-reader';

@Module({})
export class AccessModule {
  static signedWith(jwtSecret: string): DynamicModule {
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
        { provide: ApiKeys, useClass: NoApiKeys },
      ],
      exports: [RequestAuthenticator, SessionCache],
    };
  }
}
