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

describe('the OpenAPI document', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(Root, new FastifyAdapter(), {
      abortOnError: false,
      logger: false,
    });
    await app.init();
    app.get(OpenApiDocument).describe(app);
  });
  afterAll(() => app.close());

  it('is valid OpenAPI 3.1', async () => {
    const document = app.get(OpenApiDocument).build();
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  });
});
