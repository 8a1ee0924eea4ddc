import { Module, type DynamicModule } from '@nestjs/common';
import { required, type Config } from '@signalbox/config';
import type { Logger } from 'pino';

/** Injects the app's own logger: Nest's is one for all applications of a process. */
export const LOG = Symbol('log');

/** What the environment says that this service acts on. */
export abstract class AuthSettings {
  abstract readonly adminUsername: string;
  abstract readonly adminPassword: string;
  abstract readonly adminSecret: string;
  /** Days that the record of a request is kept. */
  abstract readonly usageRetentionDays: number;
  /** Days that an entry of the audit log is kept; 0 for ever. */
  abstract readonly auditRetentionDays: number;
  /** Failed sign-ins of one account from one address before the next has to wait. */
  abstract readonly freeFailures: number;
}

@Module({})
export class SettingsModule {
  static of(config: Config, log: Logger): DynamicModule {
    const settings: AuthSettings = {
      adminUsername: config.ADMIN_USERNAME,
      adminPassword: required(config, 'ADMIN_PASSWORD'),
      adminSecret: required(config, 'ADMIN_SECRET'),
      usageRetentionDays: config.USAGE_RETENTION_DAYS,
      auditRetentionDays: config.AUDIT_RETENTION_DAYS,
      freeFailures: config.SIGN_IN_FREE_FAILURES,
    };
    return {
      module: SettingsModule,
      global: true,
      providers: [
        { provide: LOG, useValue: log },
        { provide: AuthSettings, useValue: settings },
      ],
      exports: [LOG, AuthSettings],
    };
  }
}
