import { BASE, makeAdminWebhook } from './administration/webhooks';
import type { CallOptions } from './answer';
import { useHub } from './hub';
import { WEBHOOK } from './samples';
import { whenWell } from './when-well';

const hub = useHub();
const EVENT = '/api/v1/webhooks/events/task.created';

/** What `msg` of the integration service says: as published in zh-TW, and the same in the other languages. */
const SUCCESS: [string, string, string, [en: string, tw: string, cn: string]][] = [
  ['GET', '/api/v1/webhooks', '', ['Webhooks listed', '獲取Webhook列表成功', '获取Webhook列表成功']],
  ['POST', '/api/v1/webhooks', '', ['Webhook created', '創建Webhook成功', '创建Webhook成功']],
  ['GET', '/api/v1/webhooks/', 'id', ['Webhook found', '獲取Webhook詳情成功', '获取Webhook详情成功']],
  ['PUT', '/api/v1/webhooks/', 'id', ['Webhook updated', '更新Webhook成功', '更新Webhook成功']],
  ['DELETE', '/api/v1/webhooks/', 'id', ['Webhook deleted', '刪除Webhook成功', '删除Webhook成功']],
  [
    'GET',
    '/api/v1/webhooks/',
    'id/logs',
    ['Delivery log listed', '獲取Webhook執行日志成功', '获取Webhook执行日志成功'],
  ],
  ['POST', '/api/v1/webhooks/', 'id/retry', ['Retry started', '重試Webhook成功', '重试Webhook成功']],
  ['POST', EVENT, '', ['Event accepted', '處理Webhook事件成功', '处理Webhook事件成功']],
  [
    'GET',
    '/api/v1/integrations/types',
    '',
    ['Integration types listed', '獲取集成類型成功', '获取集成类型成功'],
  ],
  ['GET', '/api/v1/health', '', ['The service is healthy', '服務正常', '服务正常']],
];

test.each(SUCCESS)('%s %s%s says it in three languages', async (method, path, rest, [en, tw, cn]) => {
  for (const [language, msg] of [
    [undefined, tw],
    ['en', en],
    ['zh-TW', tw],
    ['zh-CN', cn],
  ] as const) {
    const { id } = await makeAdminWebhook(hub);
    const project_id = hub.project();
    const body =
      path === '/api/v1/webhooks' ? { ...WEBHOOK, project_id } : path === EVENT ? { project_id } : {};
    const options = {
      ...(['POST', 'PUT'].includes(method) && { body }),
      ...(language && { headers: { 'Accept-Language': language } }),
    };
    const answer = await whenWell(() => hub.call(method, path + rest.replace('id', id), options));
    expect(answer.body).toMatchObject({ code: 'S10000', msg });
  }
});

/** Each surface speaks its own language unless asked for another; its codes are the same in each. */
const ERRORS: [
  string,
  string,
  CallOptions,
  string,
  'en' | 'zh-TW' | 'zh-CN',
  [en: string, tw: string, cn: string],
][] = [
  [
    'GET',
    '/api/v1/webhooks',
    { as: null },
    'F40001',
    'zh-TW',
    ['Authentication is required or has failed', '未授權訪問', '未认证或认证失效'],
  ],
  [
    'POST',
    '/api/v1/webhooks',
    { as: 'viewer', body: {} },
    'F40003',
    'zh-TW',
    ['Permission denied', '權限不足', '权限不足'],
  ],
  ['POST', EVENT, { body: [] }, 'F40022', 'zh-TW', ['must be an object', '必須是物件', '必须是对象']],
  [
    'GET',
    '/api/v1/webhooks/webhook_id',
    {},
    'F42301',
    'zh-TW',
    ['Webhook not found', 'Webhook不存在', 'Webhook不存在'],
  ],
  [
    'GET',
    `${BASE}/webhooks`,
    { as: null },
    'UNAUTHORIZED',
    'en',
    ['Authentication is required or has failed', '未授權訪問', '未认证或认证失效'],
  ],
  [
    'POST',
    `${BASE}/event-types`,
    { as: 'member', body: {} },
    'FORBIDDEN',
    'en',
    ['Permission denied', '權限不足', '权限不足'],
  ],
  [
    'GET',
    `${BASE}/webhooks/webhook_id`,
    {},
    'NOT_FOUND',
    'en',
    ['Webhook not found', 'Webhook不存在', 'Webhook不存在'],
  ],
  [
    'GET',
    `${BASE}/webhooks?limit=0`,
    {},
    'VALIDATION_ERROR',
    'en',
    ['must be at least 1', '不得小於 1', '不得小于 1'],
  ],
  [
    'GET',
    '/api/users/',
    { as: null },
    'AUTHENTICATION_ERROR',
    'en',
    ['Authentication is required or has failed', '未授權訪問', '认证失败'],
  ],
  [
    'GET',
    '/api/users/',
    { as: 'viewer' },
    'PERMISSION_DENIED',
    'en',
    ['Permission denied', '權限不足', '权限不足'],
  ],
  [
    'POST',
    '/api/auth/login/',
    { as: null, body: {} },
    'VALIDATION_ERROR',
    'en',
    ['is required', '為必填', '此字段不能为空'],
  ],
  [
    'GET',
    '/api/nobody/',
    {},
    'RESOURCE_NOT_FOUND',
    'en',
    ['There is nothing at this path', '路徑不存在', '路径不存在'],
  ],
  [
    'GET',
    '/integration-management/nobody',
    {},
    'detail',
    'en',
    ['There is nothing at this path', '路徑不存在', '路径不存在'],
  ],
  [
    'POST',
    '/api/v1/auth/login',
    { as: null, body: {} },
    'VALIDATION_ERROR',
    'zh-CN',
    ['is required', '為必填', '为必填项'],
  ],
  [
    'POST',
    '/api/v1/auth/logout',
    { as: null },
    'UNAUTHORIZED',
    'zh-CN',
    ['Authentication is required or has failed', '未授權訪問', '未认证或认证失效'],
  ],
  [
    'PATCH',
    '/api/v1/auth/logout',
    {},
    'METHOD_NOT_ALLOWED',
    'zh-CN',
    ['This path does not take that method', '此路徑不支援該請求方法', '此路径不支持该请求方法'],
  ],
  [
    'POST',
    EVENT,
    { body: '', headers: { 'content-type': 'text/plain' } },
    'F40015',
    'zh-TW',
    ['send application/json', '請使用 application/json', '请使用 application/json'],
  ],
  [
    'POST',
    EVENT,
    { body: '{' },
    'F40022',
    'zh-TW',
    ['The request body cannot be read', '請求內容無法解析', '请求内容无法解析'],
  ],
];

test.each(ERRORS)('%s %s, %j: %s', async (method, path, options, code, own, [en, tw, cn]) => {
  const sentences = { en, 'zh-TW': tw, 'zh-CN': cn };
  for (const [asked, language] of [
    [undefined, own],
    ['*', own],
    ['fr', own],
    ['en-US,en;q=0.9', 'en'],
    ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-TW'],
    ['zh-Hant', 'zh-TW'],
    ['zh-CN', 'zh-CN'],
    ['fr;q=1, zh-CN;q=0.5, en;q=0.3', 'zh-CN'],
  ] as const) {
    const { text } = await hub.call(method, path, {
      ...options,
      headers: { ...options.headers, ...(asked && { 'Accept-Language': asked }) },
    });
    expect(text).toContain(sentences[language]);
    expect(text).toContain(`"${code}"`);
  }
});
