import { createSecretKey } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TOKEN_ISSUER } from '@signalbox/contracts';
import { ApiKeys, NoApiKeys } from './api-keys';
import { RequestAuthenticator } from './authenticator';
import { CredentialStrategy } from './credential.strategy';
import { SessionCache } from './session-cache';
import { SKEW_SECONDS, TokenReader } from './token-reader';

@Module({})
export class AccessModule {
  static signedWith(jwtSecret: string): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      imports: [
        JwtModule.register({
          secret: createSecretKey(Buffer.from(jwtSecret)),
          verifyOptions: {
            algorithms: ['HS256'],
            issuer: TOKEN_ISSUER,
            audience: TOKEN_ISSUER,
            clockTolerance: SKEW_SECONDS,
          },
        }),
      ],
      providers: [
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
