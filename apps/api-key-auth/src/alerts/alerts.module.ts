import { Module } from '@nestjs/common';
import { UsageModule } from '../usage/usage.module';
import { AlertChangesRepository } from './alert-changes.repository';
import { AlertEvaluator } from './alert-evaluator';
import { AlertFigures } from './alert-figures';
import { AlertTeller } from './alert-teller';
import { AlertsController } from './alerts.controller';
import { AlertsRepository } from './alerts.repository';
import { AlertsService } from './alerts.service';
import { DueAlertsRepository } from './due-alerts.repository';
import { KeyLimitsRepository } from './key-limits.repository';

@Module({
  imports: [UsageModule],
  controllers: [AlertsController],
  providers: [
    AlertsRepository,
    AlertChangesRepository,
    DueAlertsRepository,
    KeyLimitsRepository,
    AlertsService,
    AlertFigures,
    AlertEvaluator,
    AlertTeller,
  ],
  exports: [AlertsService],
})
export class AlertsModule {}
