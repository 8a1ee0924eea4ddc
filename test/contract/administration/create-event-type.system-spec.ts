import { randomBytes } from 'node:crypto';
import { useHub } from '../hub';
import { TIME } from '../samples';
import { BASE, makeAdminWebhook } from './webhooks';

const hub = useHub();
const newName = () => `invoice.paid_${randomBytes(4).toString('hex')}`;

describe('POST /api/v1/admin/integration/event-types', () => {
  test('registers a type that can be subscribed to and published at once', async () => {
    const name = newName();
    const schema = {
      type: 'object',
      required: ['invoice_id'],
      properties: { invoice_id: { type: 'string' } },
    };
    const { status, body } = await hub.call('POST', `${BASE}/event-types`, {
      body: { name, description: 'An invoice was paid', schema },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      data: { name, description: 'An invoice was paid', schema, built_in: false, created_at: TIME },
    });
    const { project_id } = await makeAdminWebhook(hub, { events: [name] });
    const accepted = await hub.call('POST', `/api/v1/webhooks/events/${name}`, {
      body: { project_id, invoice_id: 'i-1' },
    });
    expect(accepted).toMatchObject({ status: 202, body: { content: { deliveries: 1 } } });
    const refused = await hub.call('POST', `/api/v1/webhooks/events/${name}`, {
      body: { project_id, invoice_id: 1 },
    });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'F40022', content: { details: [{ field: 'invoice_id' }] } },
    });
  });

  test('data that break the schema are refused field by field, in the language that is asked for', async () => {
    const name = newName();
    const schema = {
      type: 'object',
      required: ['id'],
      additionalProperties: false,
      properties: {
        id: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
        count: { type: 'integer', minimum: 1, maximum: 5 },
        kind: { enum: ['one', 'two'] },
        list: { type: 'array', minItems: 1, maxItems: 2, uniqueItems: true, items: { type: 'number' } },
        deep: { type: 'object', properties: { flag: { type: 'boolean' } } },
        odd: { multipleOf: 2 },
      },
    };
    await hub.call('POST', `${BASE}/event-types`, { body: { name, schema } });
    const cases: [object, string, string, string][] = [
      [{}, 'id', 'is required', '為必填'],
      [{ id: 7 }, 'id', 'must be text', '必須是字串'],
      [{ id: 'a' }, 'id', 'must have at least 2 characters', '至少需要 2 個字元'],
      [{ id: 'abcde' }, 'id', 'must have at most 4 characters', '最多 4 個字元'],
      [{ id: 'AB' }, 'id', 'has the wrong form', '格式不正確'],
      [{ id: 'ab', other: 1 }, 'other', 'is not a known field', '是未知欄位'],
      [{ id: 'ab', count: 1.5 }, 'count', 'must be a whole number', '必須是整數'],
      [{ id: 'ab', count: 0 }, 'count', 'must be at least 1', '不得小於 1'],
      [{ id: 'ab', count: 6 }, 'count', 'must be at most 5', '不得大於 5'],
      [{ id: 'ab', kind: 'three' }, 'kind', 'must be one of one, two', '必須是 one, two 之一'],
      [{ id: 'ab', list: 1 }, 'list', 'must be a list', '必須是清單'],
      [{ id: 'ab', list: [] }, 'list', 'must have at least 1 items', '至少需要 1 項'],
      [{ id: 'ab', list: [1, 2, 3] }, 'list', 'must have at most 2 items', '最多 2 項'],
      [{ id: 'ab', list: [1, 1] }, 'list', 'must not repeat an item', '不得有重複的項目'],
      [{ id: 'ab', list: ['x'] }, 'list.0', 'must be a number', '必須是數字'],
      [{ id: 'ab', deep: [] }, 'deep', 'must be an object', '必須是物件'],
      [{ id: 'ab', deep: { flag: 1 } }, 'deep.flag', 'must be true or false', '必須是 true 或 false'],
      [
        { id: 'ab', odd: 3 },
        'odd',
        'breaks the schema of the event type: must be multiple of 2',
        '不符合事件類型的架構：must be multiple of 2',
      ],
    ];
    for (const [body, field, english, chinese] of cases) {
      for (const [language, message] of [
        ['en', english],
        ['zh-TW', chinese],
      ] as const) {
        const answer = await hub.call('POST', `/api/v1/webhooks/events/${name}`, {
          body,
          headers: { 'Accept-Language': language },
        });
        expect(answer).toMatchObject({
          status: 422,
          body: { code: 'F40022', content: { details: [{ field, message }] } },
        });
      }
    }
  });

  test('a name is enough', async () => {
    const name = newName();
    const { body } = await hub.call('POST', `${BASE}/event-types`, { body: { name, schema: null } });
    expect(body).toMatchObject({ data: { name, description: '', schema: null } });
  });

  test.each(['task.created', 'webhook.test', 'invoice.twice'])('does not register %s again', async (name) => {
    if (name === 'invoice.twice') await hub.call('POST', `${BASE}/event-types`, { body: { name } });
    const { status, body } = await hub.call('POST', `${BASE}/event-types`, { body: { name } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ success: false, error: { code: 'CONFLICT' } });
  });

  test.each([
    ['a name that is none', { name: 'Invoice Paid' }, 'name'],
    ['a pattern', { name: 'invoice.*' }, 'name'],
    ['a schema that is none', { name: 'invoice.broken', schema: { type: 'nonsense' } }, 'schema'],
    ['a list for a schema', { name: 'invoice.broken', schema: [] }, 'schema'],
  ])('refuses %s', async (_what, sent, field) => {
    const { status, body } = await hub.call('POST', `${BASE}/event-types`, { body: sent });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'VALIDATION_ERROR', details: [{ field }] } });
  });

  test.each([
    ['integration_manager', 403],
    ['member', 403],
    ['viewer', 403],
    [null, 401],
  ] as const)('refuses %s', async (as, status) => {
    expect(await hub.call('POST', `${BASE}/event-types`, { as, body: { name: newName() } })).toMatchObject({
      status,
    });
  });
});
