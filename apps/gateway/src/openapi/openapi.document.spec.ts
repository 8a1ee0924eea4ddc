import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { validate } from '@readme/openapi-parser';
import { RpcClient } from '@signalbox/rpc';
import { SurfacesModule } from '../surfaces/surfaces.module';
import { OpenApiDocument } from './openapi.document';

@Global()
@Module({ providers: [{ provide: RpcClient, useValue: {} }], exports: [RpcClient] })
class Fakes {}

@Module({ imports: [SurfacesModule, Fakes] })
class Root {}

test('x', async () => {
  const app = await NestFactory.create<NestFastifyApplication>(Root, new FastifyAdapter(), {
    abortOnError: false,
  });
  await app.init();
  app.get(OpenApiDocument).describe(app);
  const doc = app.get(OpenApiDocument).build();
  require('fs').writeFileSync('/tmp/scratch/doc.json', JSON.stringify(doc, null, 1));
  console.log(await validate(structuredClone(doc) as never));
  await app.close();
});
