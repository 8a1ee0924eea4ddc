import 'reflect-metadata';
import { Controller, Get, Inject, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientProxy, ClientsModule, Transport } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { BARE_QUEUE, BARE_PATTERN } from '../kit/bare-rpc';
import { serve } from '../kit/worker';

@Controller('webhooks')
class BareController {
  constructor(@Inject('SERVICE') private readonly service: ClientProxy) {}

  @Get(':id')
  get(@Param('id') id: string): Promise<unknown> {
    return firstValueFrom(this.service.send<unknown>(BARE_PATTERN, { id }));
  }
}

/** Nest's own RabbitMQ client as it comes, behind one Fastify route. */
const api = {
  async listen(amqpUrl: string): Promise<string> {
    const client = ClientsModule.register([
      { name: 'SERVICE', transport: Transport.RMQ, options: { urls: [amqpUrl], queue: BARE_QUEUE } },
    ]);
    @Module({ imports: [client], controllers: [BareController] })
    class BareModule {}
    const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  },
};

export type BareRpcGateway = typeof api;
serve(api);
