import { type DynamicModule, Module } from '@nestjs/common';
import type { ServiceName } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { AuditForwarder } from './audit-forwarder';
import { AuditOutbox } from './audit-outbox';

@Module({})
export class AuditOutboxModule {
  /** Provides `AuditOutbox` everywhere in the application, which has `DatabaseModule` and `RpcModule` too, and empties it. */
  static forService(service: ServiceName, log: Logger): DynamicModule {
    return {
      module: AuditOutboxModule,
      global: true,
      providers: [
        AuditOutbox,
        {
          provide: AuditForwarder,
          useFactory: (outbox: AuditOutbox, rpc: RpcClient) => new AuditForwarder(service, outbox, rpc, log),
          inject: [AuditOutbox, RpcClient],
        },
      ],
      exports: [AuditOutbox],
    };
  }
}
