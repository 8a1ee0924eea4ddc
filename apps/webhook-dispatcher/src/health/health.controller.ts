import { Controller } from '@nestjs/common';
import { type DispatcherHealth, webhookOperations } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { DispatcherHealthService } from './health.service';

@Controller()
export class DispatcherHealthController {
  constructor(private readonly health: DispatcherHealthService) {}

  @Handles(webhookOperations.health)
  report(): Promise<DispatcherHealth> {
    return this.health.report();
  }
}
