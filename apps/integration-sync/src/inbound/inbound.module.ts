import { type DynamicModule, Module } from '@nestjs/common';
import { type Config, encryptionKeys } from '@signalbox/config';
import { hubMark, type HubMark } from '@signalbox/security';
import { HookCheck } from '../hooks/hook-check';
import { HooksRepository } from '../hooks/hooks.repository';
import { HooksService } from '../hooks/hooks.service';
import { PublicAddress } from '../hooks/public-address';
import { IntegrationsModule } from '../integrations/integrations.module';
import { EndpointsController } from './endpoints/endpoints.controller';
import { EndpointsRepository } from './endpoints/endpoints.repository';
import { EndpointsService } from './endpoints/endpoints.service';
import { RuleTypes } from './endpoints/rule-types';
import { InboundEventsController } from './events/events.controller';
import { InboundEventsRepository } from './events/events.repository';
import { InboundEventsService } from './events/events.service';
import { INBOUND_RETENTION_DAYS, InboundRetention } from './events/retention';
import { InboundFiguresRounds } from './figures/inbound-figures';
import { InboundFiguresRepository } from './figures/inbound-figures.repository';
import { LastDay } from './figures/last-day';
import { EventWriter } from './intake/event-writer';
import { IntakeController } from './intake/intake.controller';
import { HUB_MARKS, IntakeService } from './intake/intake.service';
import { KnownEndpoints } from './intake/known-endpoints';
import { ClaimsRepository } from './processing/claims.repository';
import { Forwarder } from './processing/forwarder';
import { Processor } from './processing/processor';

/** What providers send: where to, how it is taken, and what becomes of it. */
@Module({})
export class InboundModule {
  static of(config: Config): DynamicModule {
    return {
      module: InboundModule,
      imports: [IntegrationsModule],
      controllers: [EndpointsController, IntakeController, InboundEventsController],
      providers: [
        { provide: INBOUND_RETENTION_DAYS, useValue: config.INBOUND_RETENTION_DAYS },
        { provide: HUB_MARKS, useFactory: () => marksOf(config) },
        { provide: PublicAddress, useFactory: () => new PublicAddress(config.PUBLIC_URL) },
        EndpointsService,
        EndpointsRepository,
        RuleTypes,
        KnownEndpoints,
        EventWriter,
        IntakeService,
        InboundEventsService,
        InboundEventsRepository,
        InboundRetention,
        InboundFiguresRounds,
        InboundFiguresRepository,
        LastDay,
        ClaimsRepository,
        Forwarder,
        Processor,
        HookCheck,
        HooksRepository,
        HooksService,
      ],
    };
  }
}

/** While the master key is being changed, dispatchers may still use the one before it. */
function marksOf(config: Config): readonly HubMark[] {
  const [current, older] = encryptionKeys(config);
  return [current, ...older].map((key) => hubMark(config.BRAND, key));
}
