import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '@signalbox/config';
import { createJobs, Jobs } from '@signalbox/jobs';
import { OutboundClient, SecretBox } from '@signalbox/security';
import type { Logger } from 'pino';

/** Injects the app's own logger: Nest's is one for all applications of a process. */
export const LOG = Symbol('log');
/** Days that activities are kept; 0 for ever. */
export const ACTIVITY_RETENTION_DAYS = Symbol('activity retention');

/** What every feature of this service may need, made once. */
@Module({})
export class PartsModule {
  static of(config: Config, log: Logger, box: SecretBox): DynamicModule {
    return {
      module: PartsModule,
      global: true,
      providers: [
        { provide: LOG, useValue: log },
        { provide: ACTIVITY_RETENTION_DAYS, useValue: config.AUDIT_RETENTION_DAYS },
        { provide: SecretBox, useValue: box },
        { provide: Jobs, useFactory: () => createJobs(config, log) },
        {
          provide: OutboundClient,
          useFactory: () => new OutboundClient({ allowPrivate: config.OUTBOUND_ALLOW_PRIVATE ?? [] }),
        },
      ],
      exports: [LOG, ACTIVITY_RETENTION_DAYS, SecretBox, Jobs, OutboundClient],
    };
  }
}
