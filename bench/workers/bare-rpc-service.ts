import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { Pool } from 'pg';
import { BARE_PATTERN, BARE_QUEUE } from '../kit/bare-rpc';
import { serve } from '../kit/worker';

/** As many as a service of the hub opens. */
const CONNECTIONS = 10;
/** What the hub reads to answer the same question, prepared as there. */
const WEBHOOK = {
  name: 'webhook',
  text: `SELECT w.*, s.success_count, s.failure_count, s.last_triggered_at
    FROM webhooks.webhooks w LEFT JOIN webhooks.webhook_stats s ON s.webhook_id = w.id WHERE w.id = $1`,
};

let database: Pool | undefined;

@Controller()
class BareController {
  @MessagePattern(BARE_PATTERN)
  async get(@Payload() { id }: { id: string }): Promise<unknown> {
    return (await database?.query<object>({ ...WEBHOOK, values: [id] }))?.rows[0];
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

/** Nest's own RabbitMQ server as it comes, with one handler. */
const api = {
  async listen(amqpUrl: string, databaseUrl: string): Promise<void> {
    database = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(BareModule, {
      transport: Transport.RMQ,
      options: { urls: [amqpUrl], queue: BARE_QUEUE },
      logger: false,
    });
    await app.listen();
  },
};

export type BareRpcService = typeof api;
serve(api);
