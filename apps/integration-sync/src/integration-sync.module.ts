import { type DynamicModule, Module } from '@nestjs/common';
import { AuditOutboxModule } from '@signalbox/audit';
import { encryptionKeys } from '@signalbox/config';
import { DatabaseModule } from '@signalbox/database';
import { type Runtime, RpcModule } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import { integrationsDatabase } from './database';
import { FiguresTeller } from './figures/figures-teller';
import { InboundModule } from './inbound/inbound.module';
import { IntegrationsModule } from './integrations/integrations.module';
import { PartsModule } from './parts.module';

@Module({})
export class IntegrationSyncModule {
  static forRuntime({ config, transport, log }: Runtime): DynamicModule {
    return {
      module: IntegrationSyncModule,
      imports: [
        RpcModule.forRoot(transport, 'integration-sync'),
        DatabaseModule.forService(integrationsDatabase, config, log),
        AuditOutboxModule.forService('integration-sync', log),
        PartsModule.of(config, log, new SecretBox(...encryptionKeys(config))),
        InboundModule.of(config),
        IntegrationsModule,
      ],
      providers: [FiguresTeller],
    };
  }
}
