import { Module, type DynamicModule } from '@nestjs/common';
import { HealthModule, type Readiness } from '@signalbox/observability';
import { MetricsController } from './metrics.controller';
import { ToldFigures } from './told-figures';

/** `/health/live`, `/health/ready` and `/metrics` beside the published health endpoints. */
@Module({})
export class GatewayHealthModule {
  static of(readiness: Readiness): DynamicModule {
    return {
      module: GatewayHealthModule,
      imports: [HealthModule.forChecks(readiness)],
      controllers: [MetricsController],
      providers: [ToldFigures],
    };
  }
}
