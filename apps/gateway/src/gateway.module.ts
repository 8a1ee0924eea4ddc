import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Readiness } from '@signalbox/observability';
import { RpcClient, RpcModule, type Runtime } from '@signalbox/rpc';
import { AccessModule } from './access/access.module';
import { GatewayHealthModule } from './health/health.module';
import { Idempotency } from './idempotency/idempotency';
import { LimitsModule } from './limits/limits.module';
import { OpenApiModule } from './openapi/openapi.module';

@Module({})
export class GatewayModule {
  /** @param surfaces the modules with the controllers */
  static of(
    { config, transport, log }: Runtime,
    readiness: Readiness,
    surfaces: readonly (Type<unknown> | DynamicModule)[],
  ): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        RpcModule.forRoot(transport),
        AccessModule.of(config, log),
        LimitsModule.of(config, log),
        GatewayHealthModule.of(readiness),
        OpenApiModule,
        ...surfaces,
      ],
      providers: [
        {
          provide: Idempotency,
          inject: [RpcClient],
          useFactory: (rpc: RpcClient) => new Idempotency(rpc, log),
        },
      ],
    };
  }
}
