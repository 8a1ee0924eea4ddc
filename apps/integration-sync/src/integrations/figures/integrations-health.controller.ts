import { setTimeout as sleep } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { integrationOperations, type IntegrationsHealth } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { IntegrationFiguresRepository } from './integration-figures.repository';

/** Below the operation's own deadline. */
const PROBE_MS = 1_200;

@Controller()
export class IntegrationsHealthController {
  constructor(private readonly figures: IntegrationFiguresRepository) {}

  @Handles(integrationOperations.health)
  async report(): Promise<IntegrationsHealth> {
    const counted = this.figures.countActive().catch(() => null);
    return { integrations_active: await Promise.race([counted, sleep(PROBE_MS, null, { ref: false })]) };
  }
}
