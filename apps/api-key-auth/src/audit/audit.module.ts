import { Module, type DynamicModule } from '@nestjs/common';
import { AuditChainRepository } from './audit-chain.repository';
import { AuditEntriesRepository } from './audit-entries.repository';
import { AuditKeeper } from './audit-keeper';
import { AuditTrail } from './audit-trail';
import { AuditController } from './audit.controller';
import { AuditService } from './audit.service';
import { ChainSeal } from './chain';

/** Global, since whatever changes something notes it. */
@Module({})
export class AuditModule {
  /** @param keys newest first */
  static sealedWith(keys: readonly string[]): DynamicModule {
    return {
      module: AuditModule,
      global: true,
      controllers: [AuditController],
      providers: [
        { provide: ChainSeal, useFactory: () => new ChainSeal(...keys) },
        AuditEntriesRepository,
        AuditChainRepository,
        AuditTrail,
        AuditService,
        AuditKeeper,
      ],
      exports: [AuditTrail],
    };
  }
}
