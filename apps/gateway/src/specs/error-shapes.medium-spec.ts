import type { ErrorCode } from '@signalbox/contracts';
import { SURFACE_NAMES, SURFACES, type SurfaceName } from '../surfaces';
import { ALL_CODES, probesAt } from './probe-surfaces-for-spec';
import { RunningGateway } from './running-gateway-for-spec';

type Published = readonly [status: number, code: string];

/** As published: written out rather than derived, so that a slip in the table shows. */
const S0: Record<ErrorCode, Published> = {
  VALIDATION_FAILED: [422, 'F40022'],
  MALFORMED_BODY: [400, 'F40022'],
  UNAUTHENTICATED: [401, 'F40001'],
  FORBIDDEN: [403, 'F40003'],
  NOT_FOUND: [404, 'F40004'],
  METHOD_NOT_ALLOWED: [405, 'F40005'],
  CONFLICT: [409, 'F40009'],
  PAYLOAD_TOO_LARGE: [413, 'F40013'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'F40015'],
  RATE_LIMITED: [429, 'F40029'],
  RECEIVER_FAILED: [502, 'F42307'],
  DATABASE_UNAVAILABLE: [503, 'F50401'],
  CACHE_UNAVAILABLE: [503, 'F50402'],
  SERVICE_UNAVAILABLE: [503, 'F50403'],
  DEADLINE_EXCEEDED: [504, 'F50403'],
  INTERNAL: [500, 'F50000'],
};
const S4: Record<ErrorCode, Published> = {
  VALIDATION_FAILED: [400, 'VALIDATION_ERROR'],
  MALFORMED_BODY: [400, 'VALIDATION_ERROR'],
  UNAUTHENTICATED: [401, 'UNAUTHORIZED'],
  FORBIDDEN: [403, 'FORBIDDEN'],
  NOT_FOUND: [404, 'NOT_FOUND'],
  METHOD_NOT_ALLOWED: [405, 'METHOD_NOT_ALLOWED'],
  CONFLICT: [409, 'CONFLICT'],
  PAYLOAD_TOO_LARGE: [413, 'PAYLOAD_TOO_LARGE'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE'],
  RATE_LIMITED: [429, 'RATE_LIMITED'],
  RECEIVER_FAILED: [502, 'PROVIDER_ERROR'],
  DATABASE_UNAVAILABLE: [503, 'SERVICE_UNAVAILABLE'],
  CACHE_UNAVAILABLE: [503, 'SERVICE_UNAVAILABLE'],
  SERVICE_UNAVAILABLE: [503, 'SERVICE_UNAVAILABLE'],
  DEADLINE_EXCEEDED: [504, 'SERVICE_UNAVAILABLE'],
  INTERNAL: [500, 'INTERNAL_ERROR'],
};
const S2: Record<ErrorCode, Published> = {
  ...S4,
  UNAUTHENTICATED: [401, 'AUTHENTICATION_ERROR'],
  FORBIDDEN: [403, 'PERMISSION_DENIED'],
  NOT_FOUND: [404, 'RESOURCE_NOT_FOUND'],
  RATE_LIMITED: [429, 'RATE_LIMIT_EXCEEDED'],
};
const PUBLISHED: Record<SurfaceName, Record<ErrorCode, Published>> = {
  'integration-service': S0,
  administration: S4,
  automation: S2,
  'integration-management': S4,
  'code-review': S4,
};

const text = expect.stringMatching(/\S/) as string;

/** The whole body of an error on a surface. */
function shape(
  surface: SurfaceName,
  code: string,
  rest: { content?: unknown; error?: object; path: string },
): object {
  switch (surface) {
    case 'integration-service':
      return { code, msg: text, content: rest.content ?? null };
    case 'automation':
      return {
        error: { code, message: text, details: {}, ...rest.error },
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        path: rest.path,
      };
    case 'integration-management':
      return { detail: text };
    default:
      return { success: false, error: { code, message: text, ...rest.error } };
  }
}

describe('errors in the shape of each surface (services in memory)', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start();
  });
  afterAll(() => hub.stop());

  const cases = SURFACE_NAMES.flatMap((surface) => ALL_CODES.map((code) => ({ surface, code })));

  it.each(cases)('$surface: $code', async ({ surface, code }) => {
    const path = `${probesAt(surface)}/fails/${code}`;
    const response = await hub.fetch(`${path}?x=1`);
    const [status, published] = PUBLISHED[surface][code];
    expect(response.status).toBe(status);
    const english = [
      { field: 'name', message: text },
      { field: 'events[1]', message: text },
    ];
    const isList = surface === 'administration' || surface === 'code-review';
    const extras: Partial<Record<ErrorCode, { content?: unknown; error?: object }>> = {
      VALIDATION_FAILED: {
        content: { details: english },
        error: { details: isList ? english : { name: [text], 'events[1]': [text] } },
      },
      RECEIVER_FAILED: {
        content: { status_code: 500 },
        error: { details: { status_code: 500 } },
      },
      RATE_LIMITED: { error: isList ? { retryAfter: 30 } : {} },
    };
    expect(await response.json()).toEqual(shape(surface, published, { path, ...extras[code] }));
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('retry-after')).toBe(code === 'RATE_LIMITED' ? '30' : null);
    expect(response.headers.get('www-authenticate')).toBe(
      code === 'UNAUTHENTICATED' ? 'Bearer realm="signalbox"' : null,
    );
  });

  it.each([
    ['webhook', 'F42301', 'Webhook不存在'],
    ['plugin', 'F42302', '插件不存在'],
    ['integration', 'F42303', '集成不存在'],
    ['user', 'F40004', '用戶不存在'],
  ])('the integration service has a code of its own for a missing %s', async (resource, code, msg) => {
    const response = await hub.fetch(
      `${probesAt('integration-service')}/fails/NOT_FOUND?resource=${resource}`,
    );
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ code, msg, content: null });
  });

  it.each([
    ['?resource=user', 'RESOURCE_CONFLICT'],
    ['', 'CONFLICT'],
  ])('automation tells a conflict of a resource from any other: %j', async (query, code) => {
    const response = await hub.fetch(`${probesAt('automation')}/fails/CONFLICT${query}`);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it.each(SURFACE_NAMES)('%s hides what went wrong inside', async (surface) => {
    const response = await hub.fetch(`${probesAt(surface)}/crash`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('a secret detail');
    expect(hub.log.lines).toContainEqual(
      expect.objectContaining({
        msg: 'a request failed',
        code: 'INTERNAL',
        requestId: response.headers.get('x-request-id'),
      }),
    );
  });

  it.each(SURFACE_NAMES)('%s answers 405 and what it takes for another method', async (surface) => {
    const path = `${probesAt(surface)}/items/1`;
    const response = await hub.fetch(path, { method: 'PATCH' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('DELETE, GET, HEAD, PUT');
    const [, code] = PUBLISHED[surface].METHOD_NOT_ALLOWED;
    expect(await response.json()).toEqual(shape(surface, code, { path }));
  });

  it.each([
    ['/integration-management', { detail: text }],
    ['/integration-management/nope', { detail: text }],
    ['/integration-managements', { success: false, error: { code: 'NOT_FOUND', message: text } }],
    ['/api/nope/', { error: { code: 'RESOURCE_NOT_FOUND' }, path: '/api/nope/' }],
    ['/api', { error: { code: 'RESOURCE_NOT_FOUND' }, path: '/api' }],
    ['/api/v1', { success: false, error: { code: 'NOT_FOUND' } }],
    ['/api/v1/nope', { success: false, error: { code: 'NOT_FOUND' } }],
    ['/api/v11', { error: { code: 'RESOURCE_NOT_FOUND' } }],
    ['/', { success: false, error: { code: 'NOT_FOUND' } }],
    ['/nope?x=1', { success: false, error: { code: 'NOT_FOUND' } }],
    ['//', { success: false, error: { code: 'NOT_FOUND' } }],
  ])('a path that nobody serves answers 404 in the shape of its neighbours: %s', async (path, body) => {
    const response = await hub.fetch(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject(body);
    expect(response.headers.get('x-ratelimit-limit')).not.toBeNull();
  });

  const asking = (surface: SurfaceName, language?: string) =>
    hub
      .fetch(
        `${probesAt(surface)}/fails/FORBIDDEN`,
        language ? { headers: { 'accept-language': language } } : {},
      )
      .then((response) => response.text());

  it.each([
    ['integration-service', '權限不足'],
    ['administration', 'Permission denied'],
    ['automation', 'Permission denied'],
    ['integration-management', 'Permission denied'],
    ['code-review', '权限不足'],
  ] as const)('%s speaks its own language unless asked for another', async (surface, sentence) => {
    expect(await asking(surface, '*')).toContain(sentence);
    expect(await asking(surface, 'fr')).toContain(sentence);
    expect(await asking(surface, 'en-GB,zh;q=0.5')).toContain('Permission denied');
    expect(await asking(surface, 'zh-Hant-HK')).toContain('權限不足');
    expect(await asking(surface, 'en;q=0.2, zh-CN;q=0.8')).toContain('权限不足');
  });

  it.each([
    ['VALIDATION_FAILED', '请求数据验证失败', '请求参数验证失败'],
    ['UNAUTHENTICATED', '认证失败', '未认证或认证失效'],
    ['FORBIDDEN', '权限不足', '权限不足'],
    ['NOT_FOUND', '资源不存在', '资源不存在'],
    ['CONFLICT', '资源冲突', '与当前状态冲突'],
    ['RATE_LIMITED', '请求频率超限', '请求过于频繁'],
    ['INTERNAL', '内部服务器错误', '内部服务器错误'],
  ])('automation words %s in zh-CN as it is published, and nobody else', async (code, own, others) => {
    const told = async (surface: SurfaceName) => {
      const response = await hub.fetch(`${probesAt(surface)}/fails/${code}`, {
        headers: { 'accept-language': 'zh-CN' },
      });
      return (await response.json()) as { error: { message: string; details: Record<string, string[]> } };
    };
    const { error } = await told('automation');
    expect(error.message).toBe(own);
    if (code === 'VALIDATION_FAILED') expect(error.details.name).toEqual(['此字段不能为空']);
    expect((await told('code-review')).error.message).toBe(others);
  });

  it('has a row for every surface', () => {
    expect(Object.values(SURFACES).map(({ id }) => id)).toEqual(['S0', 'S1', 'S2', 'S3', 'S4']);
  });
});
