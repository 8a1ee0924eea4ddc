import { Controller, Get, Header, Module, Res, type DynamicModule } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Readiness, type Check, type ReadinessReport } from './readiness';

const NO_STORE = ['Cache-Control', 'no-store'] as const;

/** Liveness and readiness apart: the first asks for a restart, the second for no more work. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** Depends on nothing: a restart does not bring a database back. */
  @Get('live')
  @Header(...NO_STORE)
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header(...NO_STORE)
  async ready(
    @Res({ passthrough: true }) reply: { status(code: number): unknown },
  ): Promise<ReadinessReport> {
    const report = await this.readiness.report(this.health, this.indicators);
    reply.status(report.status === 'ok' ? 200 : 503);
    return report;
  }
}

@Module({})
export class HealthModule {
  /** Serves `GET /health/live` and `GET /health/ready`. Pass a `Readiness` to share it with another face. */
  static forChecks(checks: Readiness | readonly Check[]): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [{ provide: Readiness, useValue: Readiness.of(checks) }],
      exports: [Readiness],
    };
  }
}
