import { Module, type DynamicModule } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TOKEN_ISSUER } from '@signalbox/contracts';
import { TokensService } from './tokens.service';

@Module({})
export class TokensModule {
  static signedWith(secret: string): DynamicModule {
    return {
      module: TokensModule,
      global: true,
      imports: [
        JwtModule.register({
          secret,
          signOptions: { algorithm: 'HS256', issuer: TOKEN_ISSUER, audience: TOKEN_ISSUER },
          verifyOptions: { algorithms: ['HS256'], issuer: TOKEN_ISSUER, audience: TOKEN_ISSUER },
        }),
      ],
      providers: [TokensService],
      exports: [TokensService],
    };
  }
}
