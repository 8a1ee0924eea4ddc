import { Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { DomainError } from '@signalbox/contracts';
import { Access, Limit, Says, SurfaceController } from '..';
import { Answers } from '../../openapi/answers.decorator';
import { HealthAnswer } from './health.view';
import { HubHealth } from './hub-health';

@SurfaceController('integration-service', 'health')
export class ServiceHealthController {
  constructor(private readonly hub: HubHealth) {}

  @Get()
  @Access('public')
  @Limit('none')
  @Says('health')
  @ApiOperation({
    summary: 'How the hub is',
    description: 'An unhealthy hub answers 503 with the same fields.',
  })
  @Answers(HealthAnswer)
  async health(): Promise<HealthAnswer> {
    const { health, down } = await this.hub.report();
    if (down) throw new DomainError({ code: down, details: { ...health } });
    return health;
  }
}
