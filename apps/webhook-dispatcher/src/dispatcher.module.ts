import { type DynamicModule, Module } from '@nestjs/common';
import { AuditOutboxModule } from '@signalbox/audit';
import { type Config, encryptionKeys } from '@signalbox/config';
import { Database, DatabaseModule, newId } from '@signalbox/database';
import { createJobs, Jobs } from '@signalbox/jobs';
import { type Runtime, RpcModule } from '@signalbox/rpc';
import { hubMark, OutboundClient, SecretBox } from '@signalbox/security';
import type { Logger } from 'pino';
import { webhooksDatabase } from './database';
import { DeliveriesController } from './deliveries/deliveries.controller';
import { DeliveriesRepository } from './deliveries/deliveries.repository';
import { DeliveriesService } from './deliveries/deliveries.service';
import { ClaimsRepository } from './engine/claims.repository';
import { Endpoints } from './engine/endpoints';
import { Engine } from './engine/engine';
import { ResultWriter } from './engine/result-writer';
import { RetryWakes } from './engine/retry-wakes';
import { Sender } from './engine/sender';
import { EventTypesController } from './event-types/event-types.controller';
import { EventTypesRepository } from './event-types/event-types.repository';
import { EventTypesService } from './event-types/event-types.service';
import { EventsController } from './events/events.controller';
import { EventsRepository } from './events/events.repository';
import { EventsService } from './events/events.service';
import { DispatcherHealthController } from './health/health.controller';
import { DispatcherHealthService } from './health/health.service';
import { Retention } from './retention/retention';
import { SummaryController } from './summary/summary.controller';
import { SummaryRepository } from './summary/summary.repository';
import { SummaryService } from './summary/summary.service';
import { EndpointDisabler } from './webhooks/endpoint-disabler';
import { WebhooksController } from './webhooks/webhooks.controller';
import { WebhooksRepository } from './webhooks/webhooks.repository';
import { WebhooksService } from './webhooks/webhooks.service';

/** Enough for seconds of work; what does not fit waits in the database. */
const BACKLOG = 16_384;
const ENDPOINT_BACKLOG = 4_096;
const BACKLOG_CHARACTERS = 64 * 1024 * 1024;

@Module({})
export class DispatcherModule {
  static forRuntime({ config, transport, log }: Runtime): DynamicModule {
    return {
      module: DispatcherModule,
      imports: [
        RpcModule.forRoot(transport, 'webhook-dispatcher'),
        DatabaseModule.forService(webhooksDatabase, config, log),
        AuditOutboxModule.forService('webhook-dispatcher', log),
      ],
      controllers: [
        WebhooksController,
        DeliveriesController,
        EventsController,
        EventTypesController,
        DispatcherHealthController,
        SummaryController,
      ],
      providers: [
        { provide: 'LOG', useValue: log },
        { provide: 'BRAND', useValue: config.BRAND },
        { provide: 'RETENTION_DAYS', useValue: config.DELIVERY_RETENTION_DAYS },
        { provide: SecretBox, useFactory: () => new SecretBox(...encryptionKeys(config)) },
        { provide: OutboundClient, useFactory: () => outboundClient(config) },
        { provide: Jobs, useFactory: () => createJobs(config, log) },
        WebhooksService,
        WebhooksRepository,
        EndpointDisabler,
        DeliveriesService,
        DeliveriesRepository,
        EventsService,
        EventsRepository,
        EventTypesService,
        EventTypesRepository,
        DispatcherHealthService,
        SummaryRepository,
        SummaryService,
        Retention,
        ClaimsRepository,
        Endpoints,
        RetryWakes,
        {
          provide: Sender,
          useFactory: (client: OutboundClient) =>
            new Sender(client, {
              brand: config.BRAND,
              mark: hubMark(config.BRAND, encryptionKeys(config)[0]),
              responseLimitBytes: config.DELIVERY_RESPONSE_LIMIT_BYTES,
              maxRetryAfterMs: config.DELIVERY_RETRY_AFTER_MAX_SECONDS * 1000,
            }),
          inject: [OutboundClient],
        },
        {
          provide: Engine,
          useFactory: (...parts: EngineParts) => engine(config, log, ...parts),
          inject: [Database, ClaimsRepository, Endpoints, Sender, RetryWakes, EndpointDisabler],
        },
      ],
    };
  }
}

type EngineParts = [Database, ClaimsRepository, Endpoints, Sender, RetryWakes, EndpointDisabler];

function engine(config: Config, log: Logger, ...parts: EngineParts): Engine {
  const [database, claims, endpoints, sender, wakes, disabler] = parts;
  const dispatcherId = newId();
  const limits = {
    concurrency: config.DELIVERY_CONCURRENCY,
    endpointConcurrency: config.DELIVERY_ENDPOINT_CONCURRENCY,
    endpointBacklog: ENDPOINT_BACKLOG,
    backlog: BACKLOG,
    backlogSize: BACKLOG_CHARACTERS,
  };
  const results = new ResultWriter(database, dispatcherId, log);
  return new Engine(dispatcherId, limits, claims, endpoints, sender, results, wakes, disabler, log);
}

function outboundClient(config: Config): OutboundClient {
  return new OutboundClient({
    allowPrivate: config.OUTBOUND_ALLOW_PRIVATE ?? [],
    connectionsPerOrigin: config.DELIVERY_ENDPOINT_CONCURRENCY,
  });
}
