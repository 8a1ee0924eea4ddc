import { Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { usageOperations, webhookOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, SurfaceController } from '..';
import { Answers } from '../../openapi/answers.decorator';
import { DashboardAnswer } from './usage.view';

/** Nothing can be integrated by a service that this hub does not have. */
const NO_INTEGRATIONS = {
  total_integrations: 0,
  active_integrations: 0,
  integration_by_type: { webhook: 0, api_client: 0, oauth: 0 },
};

@SurfaceController('administration', 'dashboard')
export class AdminDashboardController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('read')
  @ApiOperation({
    summary: 'The hub in figures',
    description:
      'Callers that are confined to projects see the figures of those; their own requests are among them.',
  })
  @Answers(DashboardAnswer)
  async dashboard(): Promise<DashboardAnswer> {
    const [usage, webhooks] = await Promise.all([
      this.rpc.call(usageOperations.dashboard, {}),
      this.rpc.call(webhookOperations.summary, {}),
    ]);
    return {
      ...NO_INTEGRATIONS,
      ...usage,
      total_webhooks: webhooks.total,
      active_webhooks: webhooks.active,
      webhook_deliveries_24h: webhooks.deliveries_24h,
      webhook_success_rate: successRate(webhooks.succeeded_24h, webhooks.failed_24h),
    };
  }
}

/** In per cent, to a tenth. */
export function successRate(succeeded: number, failed: number): number {
  const ended = succeeded + failed;
  return ended === 0 ? 100 : Math.round((succeeded / ended) * 1000) / 10;
}
