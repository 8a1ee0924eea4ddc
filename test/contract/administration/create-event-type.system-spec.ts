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

  test('a name is enough', async () => {
    const name = newName();
    const { body } = await hub.call('POST', `${BASE}/event-types`, { body: { name, schema: null } });
    expect(body).toMatchObject({ data: { name, description: '', schema: null } });
  });

  test.each(['task.created', 'invoice.twice'])('does not register %s again', async (name) => {
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
