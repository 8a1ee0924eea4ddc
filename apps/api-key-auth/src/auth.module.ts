import { Module, type DynamicModule } from '@nestjs/common';
import { encryptionKeys, required } from '@signalbox/config';
import { DatabaseModule } from '@signalbox/database';
import { RpcModule, type Runtime } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import { AlertsModule } from './alerts/alerts.module';
import { ApiKeysModule } from './api-keys/api-keys.module';
import { AuditModule } from './audit/audit.module';
import { authDatabase } from './database';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { SessionsModule } from './sessions/sessions.module';
import { SettingsModule } from './settings.module';
import { SignInModule } from './sign-in/sign-in.module';
import { Sweeper } from './sweeper';
import { TokensModule } from './tokens/tokens.module';
import { UsageModule } from './usage/usage.module';
import { UsersModule } from './users/users.module';

@Module({})
export class AuthModule {
  static of({ config, transport, log }: Runtime): DynamicModule {
    return {
      module: AuthModule,
      imports: [
        SettingsModule.of(config, log),
        DatabaseModule.forService(authDatabase, config, log),
        RpcModule.forRoot(transport, 'api-key-auth'),
        TokensModule.signedWith(required(config, 'JWT_SECRET'), new SecretBox(...encryptionKeys(config))),
        AuditModule.sealedWith(encryptionKeys(config).flat()),
        UsersModule,
        SignInModule,
        SessionsModule,
        IdempotencyModule,
        UsageModule,
        AlertsModule,
        ApiKeysModule.of(required(config, 'API_KEY_PEPPERS'), config.API_KEY_EXPIRING_DAYS),
      ],
      providers: [Sweeper],
    };
  }
}
