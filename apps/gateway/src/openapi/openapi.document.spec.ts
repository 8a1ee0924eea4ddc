import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { validate } from '@readme/openapi-parser';
import { Notices, RpcClient } from '@signalbox/rpc';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { Limiter, OwnLimiter } from '../limits/limiter';
import { SURFACES } from '../surfaces/surface';
import { SurfacesModule } from '../surfaces/surfaces.module';
import { OpenApiDocument } from './openapi.document';
import { OpenApiModule } from './openapi.module';
import { isReference, METHODS, type Operation, type Schema } from './schema';

@Global()
@Module({
  providers: [
    { provide: RpcClient, useValue: {} },
    { provide: Notices, useValue: { listen: () => Promise.resolve(), onReconnect: () => undefined } },
    { provide: Limiter, useValue: {} },
    { provide: OwnLimiter, useValue: {} },
  ],
  exports: [RpcClient, Notices, Limiter, OwnLimiter],
})
class Fakes {}

@Module({ imports: [Fakes, OpenApiModule, SurfacesModule] })
class Root {}

describe('the OpenAPI document', () => {
  let app: NestFastifyApplication;
  let document: ReturnType<OpenApiDocument['build']>;
  const routes: string[] = [];

  beforeAll(async () => {
    const adapter = new FastifyAdapter();
    adapter.getInstance().addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.push(`${each} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
    app = await NestFactory.create<NestFastifyApplication>(Root, adapter, {
      abortOnError: false,
      logger: false,
    });
    await app.init();
    app.get(OpenApiDocument).describe(app);
    document = app.get(OpenApiDocument).build();
  });
  afterAll(() => app.close());

  const operations = (): { where: string; operation: Operation }[] =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method];
        return operation ? [{ where: `${method.toUpperCase()} ${path}`, operation }] : [];
      }),
    );
  const schema = (name: string): Schema => {
    const found = document.components?.schemas?.[name];
    if (!found || isReference(found)) throw new Error(`There is no schema ${name}`);
    return found;
  };
  const ajv = (): Ajv2020 => {
    const instance = new Ajv2020({ strict: false, allErrors: true });
    addFormats(instance);
    return instance.addSchema(document, 'hub');
  };

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true });
  });

  it('describes every route but its own page and the redirects to it', () => {
    const described = operations().map(({ where }) => where.replace(/\/$/, ''));
    const undescribed = routes.filter((route) => !route.startsWith('HEAD') && !described.includes(route));
    expect(undescribed.sort()).toEqual([
      'GET /api/docs',
      'GET /api/schema/swagger-ui',
      'GET /api/v1/doc/errors/{code}',
      'GET /api/v1/doc/ui',
      'GET /api/v1/doc/ui/{file}',
      'GET /docs',
    ]);
  });

  it('has a tag for each surface, and gives every operation one of them and a name of its own', () => {
    const titles = Object.values(SURFACES).map(({ title }) => title);
    expect(document.tags?.map(({ name }) => name)).toEqual(titles);
    for (const { operation } of operations()) expect(titles).toContain(operation.tags?.[0]);
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('offers the four ways to say who is calling, and says who may', () => {
    const four = [{ bearerToken: [] }, { bearerKey: [] }, { authorizationKey: [] }, { headerKey: [] }];
    expect(Object.keys(document.components?.securitySchemes ?? {}).map((name) => ({ [name]: [] }))).toEqual(
      four,
    );
    const create = document.paths['/api/v1/webhooks']?.post;
    expect(create).toMatchObject({
      security: four,
      description: expect.stringContaining('`member`') as unknown,
      'x-access': { roles: ['admin', 'integration_manager', 'member'], scopes: ['write', 'admin'] },
    });
    expect(document.paths['/api/v1/health']?.get).toMatchObject({ security: [] });
  });

  it('writes null as JSON Schema 2020-12 does', () => {
    expect(JSON.stringify(document)).not.toContain('"nullable"');
    expect(schema('ServiceWebhook').properties).toMatchObject({
      last_triggered_at: { type: ['string', 'null'] },
    });
    expect(schema('CreateAdminWebhook').properties).toMatchObject({
      description: { type: ['string', 'null'] },
    });
  });

  it.each<[string, string, object]>([
    ['CreateServiceWebhook', 'name', { type: 'string', minLength: 1, maxLength: 255 }],
    ['CreateServiceWebhook', 'timeout_seconds', { type: 'integer', minimum: 1, maximum: 300 }],
    ['CreateServiceWebhook', 'events', { type: 'array', minItems: 1 }],
    ['CreateServiceWebhook', 'url', { type: 'string', format: 'uri', maxLength: 2048 }],
    ['RetryConfigBody', 'max_retries', { type: 'integer', minimum: 0, maximum: 20 }],
    ['RetryConfigBody', 'on_client_error', { enum: ['retry', 'fail'] }],
    ['UpdateServiceWebhook', 'timeout_seconds', { type: 'integer', minimum: 1, maximum: 300 }],
    ['CreateAdminWebhook', 'timeout', { type: 'integer', minimum: 1, maximum: 300 }],
    ['CreateAdminWebhook', 'retry_count', { type: 'integer', minimum: 0, maximum: 20 }],
    ['CreateUser', 'email', { format: 'email' }],
  ])('tells the limits of %s.%s', (name, field, limits) => {
    expect(schema(name).properties?.[field]).toMatchObject(limits);
  });

  it('tells what is required and refuses what is unknown', () => {
    expect(schema('CreateServiceWebhook')).toMatchObject({
      required: ['project_id', 'name', 'url', 'events'],
      additionalProperties: false,
    });
    expect(schema('UpdateServiceWebhook')).toMatchObject({ required: [], additionalProperties: false });
  });

  it.each([
    [
      'CreateServiceWebhook',
      {
        project_id: 'project123',
        name: '部署通知',
        url: 'https://api.example.com/webhook',
        events: ['deployment.completed', 'deployment.failed'],
        headers: { Authorization: 'Bearer token' },
        secret: 'webhook_secret',
        is_active: true,
        timeout_seconds: 30,
      },
    ],
    ['TestServiceWebhook', { test_payload: { message: '測試消息' } }],
    [
      'CreateAdminWebhook',
      {
        name: 'Production Webhook',
        description: 'Webhook for production notifications',
        url: 'https://your-app.com/webhook',
        events: ['knowledge_base.created', 'document.processed'],
        secret: 'your-webhook-secret',
        headers: { 'X-Custom-Header': 'custom-value' },
        timeout: 30,
        retry_count: 3,
      },
    ],
    [
      'TestAdminWebhook',
      {
        event_type: 'knowledge_base.created',
        test_payload: { test: true, message: 'This is a test webhook delivery' },
      },
    ],
    ['SecretLogin', { secret: 'your-admin-secret' }],
    ['PasswordLogin', { username: 'admin', password: 'admin123' }],
    ['TokenRefreshBody', { refresh: 'your-refresh-token' }],
  ])('shows the published example of %s, which it would accept', (name, example) => {
    expect(ajv().validate({ $ref: `hub#/components/schemas/${name}` }, example)).toBe(true);
    const examples = Object.entries(schema(name).properties ?? {}).map(([field, property]) => [
      field,
      isReference(property) ? undefined : (property.example as unknown),
    ]);
    expect(Object.fromEntries(examples)).toMatchObject(example);
  });

  it('has examples that satisfy their schemas', () => {
    const validator = ajv();
    const wrong = Object.keys(document.components?.schemas ?? {}).flatMap((name) =>
      Object.entries(schema(name).properties ?? {}).flatMap(([field, property]) => {
        const example: unknown = isReference(property) ? undefined : property.example;
        const good = example === undefined || validator.validate(localised(property), example);
        return good ? [] : [`${name}.${field}: ${validator.errorsText()}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('shows errors in the surface’s own shape, which their schema describes', () => {
    const validator = ajv();
    let shown = 0;
    for (const { where, operation } of operations()) {
      const failures = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect({ where, statuses: failures.map(([status]) => status) }).toMatchObject({
        statuses: expect.arrayContaining(['500', '503']) as unknown,
      });
      for (const [status, response] of failures) {
        expect((response as { description: string }).description).toMatch(
          /\(\[[A-Z_]+\]\(\/api\/v1\/doc\/errors\/[A-Z_]+\)\)/,
        );
        const { schema: shape, examples } = (response as unknown as ResponseWithExamples).content[
          'application/json'
        ];
        for (const { value } of Object.values(examples)) {
          shown += 1;
          expect(value).not.toHaveProperty('timestamp', expect.stringContaining('Invalid'));
          const good = validator.validate(localised(shape), value);
          if (!good)
            throw new Error(`${where} ${status}: ${validator.errorsText()} in ${JSON.stringify(value)}`);
        }
      }
    }
    expect(shown).toBeGreaterThan(200);
  });

  it('tells the headers of requests and answers', () => {
    const create = document.paths['/api/v1/webhooks']?.post;
    expect(create?.parameters).toContainEqual({ $ref: '#/components/parameters/IdempotencyKey' });
    expect(document.paths['/api/v1/auth/login']?.post?.parameters).not.toContainEqual({
      $ref: '#/components/parameters/IdempotencyKey',
    });
    const { headers } = create?.responses['201'] as { headers: object };
    expect(Object.keys(headers)).toEqual(
      expect.arrayContaining(['X-Request-Id', 'X-RateLimit-Limit', 'RateLimit', 'Idempotent-Replayed']),
    );
    const { headers: limited } = create?.responses['429'] as { headers: object };
    expect(Object.keys(limited)).toContain('Retry-After');
  });

  it('writes the automation surface’s paths as published, with a trailing slash', () => {
    const paths = Object.keys(document.paths).filter((path) => /^\/api\/(?!v1)/.test(path));
    expect(paths).toEqual(
      expect.arrayContaining(['/api/auth/login/', '/api/users/me/', '/api/users/', '/api/users/{id}/']),
    );
    expect(paths.filter((path) => !path.endsWith('/'))).toEqual([]);
  });
});

interface ResponseWithExamples {
  readonly content: {
    readonly 'application/json': { schema: Schema; examples: Record<string, { value: unknown }> };
  };
}

/** References of a part of the document, for a validator that knows the whole of it as `hub`. */
function localised(part: object): object {
  return JSON.parse(JSON.stringify(part).replaceAll('"#/', '"hub#/')) as object;
}
