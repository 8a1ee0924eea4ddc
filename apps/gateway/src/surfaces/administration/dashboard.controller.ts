import { Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { integrationOperations, usageOperations, webhookOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, SurfaceController } from '..';
import { Answers } from '../../openapi/answers.decorator';
import { DashboardAnswer } from './usage.view';

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
    const [usage, webhooks, integrations] = await Promise.all([
      this.rpc.call(usageOperations.dashboard, {}),
      this.rpc.call(webhookOperations.summary, {}),
      this.rpc.call(integrationOperations.summary, {}),
    ]);
    return {
      ...usage,
      total_integrations: integrations.total,
      active_integrations: integrations.active,
      integration_by_type: integrations.by_kind,
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
