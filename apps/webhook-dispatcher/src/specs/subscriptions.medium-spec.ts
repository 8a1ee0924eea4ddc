import { DomainError, eventOperations, eventTypeOperations, webhookOperations } from '@signalbox/contracts';
import { expectSchemaMatches, newId } from '@signalbox/database';
import { ADMIN, confinedTo, type DispatcherUnderTest, startDispatcher } from './dispatcher-for-spec';

const NOWHERE = 'http://127.0.0.1:9/';

describe('subscriptions', () => {
  let hub: DispatcherUnderTest;

  beforeAll(async () => {
    hub = await startDispatcher();
  });
  afterEach(async () => {
    // Not truncated: that would lock whole tables, in another order than the dispatcher which is at work.
    for (const table of ['attempts', 'deliveries', 'events', 'webhooks', 'event_types']) {
      await hub.database.query(`DELETE FROM ${table}`);
    }
  });
  afterAll(async () => {
    await hub.stop();
    await hub.drop();
  });

  const refused = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(DomainError);
    return (error as DomainError).data;
  };

  it('has the schema that its entities describe', async () => {
    await expectSchemaMatches(hub.database.dataSource);
  });

  it('shows the secret in the answer that made it and never again', async () => {
    const made = await hub.createWebhook({ url: NOWHERE });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect((await hub.call(webhookOperations.get, { id: made.id })).secret).toBe('********');
    const changed = await hub.call(webhookOperations.update, {
      id: made.id,
      changes: { secret: 'mine-to-choose' },
    });
    expect(changed.secret).toBe('mine-to-choose');
    const { items } = await hub.call(webhookOperations.list, { page: 1, size: 10 });
    expect(items.map((item) => item.secret)).toEqual(['********']);
  });

  it.each([
    [{ url: 'ftp://example.com/' }, 'url'],
    [{ url: 'http://user:pass@example.com/' }, 'url'],
    [{ url: 'http://169.254.169.254/latest/meta-data' }, 'url'],
    [{ url: 'http://0x0a000001/' }, 'url'],
    [{ url: 'http://[::ffff:10.0.0.1]/' }, 'url'],
    [{ url: NOWHERE, events: ['task.created', 'no.such'] }, 'events[1]'],
    [{ url: NOWHERE, events: ['nothing.*'] }, 'events[0]'],
    [{ url: NOWHERE, headers: { 'Webhook-Signature': 'v1,x' } }, 'headers.Webhook-Signature'],
    [{ url: NOWHERE, headers: { 'X-EmbedAI-Event': 'x' } }, 'headers.X-EmbedAI-Event'],
  ])('refuses %j and stores nothing', async (input, field) => {
    const data = await refused(hub.createWebhook(input));
    expect(data).toMatchObject({ code: 'VALIDATION_FAILED', fields: [{ field }] });
    expect((await hub.call(webhookOperations.list, { page: 1, size: 10 })).total).toBe(0);
  });

  it('goes to each webhook that matches, by type, pattern and project', async () => {
    const make = (events: string[], project_id?: string) =>
      hub.createWebhook({ url: NOWHERE, events, project_id, retry_config: { max_retries: 0 } });
    const outside = await make(['*']);
    const inP1 = await make(['task.*'], 'p1');
    const inP2 = await make(['task.created'], 'p2');
    const other = await make(['user.updated'], 'p1');
    const to = async (project_id: string | undefined, principal = ADMIN) => {
      const { event_id } = await hub.call(
        eventOperations.publish,
        { event_type: 'task.created', project_id, data: '{}', source: 'api' },
        principal,
      );
      const { rows } = await hub.database.query<{ webhook_id: string }>(
        `SELECT webhook_id FROM deliveries WHERE event_id = $1`,
        [event_id],
      );
      return rows.map((row) => row.webhook_id).sort();
    };
    expect(await to('p1')).toEqual([outside.id, inP1.id].sort());
    expect(await to('p2')).toEqual([outside.id, inP2.id].sort());
    expect(await to(undefined)).toEqual([outside.id, inP1.id, inP2.id].sort());
    expect(await to(undefined, confinedTo('p2'))).toEqual([outside.id, inP2.id].sort());
    expect(await to('unheard-of "\\ {}')).toEqual([outside.id]);
    expect(other.events).toEqual(['user.updated']);
  });

  it('keeps what a caller may not see from existing', async () => {
    const foreign = await hub.createWebhook({ url: NOWHERE, project_id: 'p1' });
    const outside = await hub.createWebhook({ url: NOWHERE });
    const member = confinedTo('p2');
    for (const { id } of [foreign, outside]) {
      expect(await refused(hub.call(webhookOperations.get, { id }, member))).toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await refused(hub.call(webhookOperations.remove, { id }, member))).toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(
        await refused(hub.call(webhookOperations.deliveries, { webhook_id: id, page: 1, size: 10 }, member)),
      ).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await refused(hub.createWebhook({ url: NOWHERE, project_id: 'p1' }, member))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(
      await refused(
        hub.call(
          eventOperations.publish,
          { event_type: 'task.created', project_id: 'p1', data: '{}', source: 'api' },
          member,
        ),
      ),
    ).toMatchObject({ code: 'NOT_FOUND' });
    expect((await hub.call(webhookOperations.list, { page: 1, size: 10 }, member)).items).toEqual([]);
  });

  it('answers not found for an id that is none', async () => {
    expect(await refused(hub.call(webhookOperations.get, { id: "x' OR 1=1" }))).toMatchObject({
      resource: 'webhook',
    });
  });

  it('stores an event once however often its idempotency id comes', async () => {
    await hub.createWebhook({ url: NOWHERE, retry_config: { max_retries: 0 } });
    const idempotencyId = newId();
    const first = await hub.publish({}, 'task.created', ADMIN, { idempotencyId });
    const again = await hub.publish({}, 'task.created', ADMIN, { idempotencyId });
    expect(again).toEqual(first);
    const twins = await Promise.all(
      [newId()].flatMap((id) =>
        [1, 2, 3].map(() => hub.publish({}, 'task.created', ADMIN, { idempotencyId: id })),
      ),
    );
    expect(new Set(twins.map((twin) => JSON.stringify(twin))).size).toBe(1);
    const { rows } = await hub.database.query(`SELECT id FROM deliveries`);
    expect(rows).toHaveLength(2);
  });

  it('accepts a registered type at once, and enforces its schema', async () => {
    const schema = {
      type: 'object',
      required: ['order'],
      properties: { order: { type: 'string', pattern: '^(a+)+$' } },
    };
    await hub.call(eventTypeOperations.create, { name: 'shop.order_paid', description: 'Paid', schema });
    await hub.createWebhook({ url: NOWHERE, events: ['shop.*'], retry_config: { max_retries: 0 } });
    expect(await hub.publish({ order: 'aaa' }, 'shop.order_paid')).toMatchObject({ deliveries: 1 });
    expect(await refused(hub.publish({}, 'shop.order_paid'))).toMatchObject({ fields: [{ field: 'order' }] });
    expect(await refused(hub.publish({ order: `${'a'.repeat(50_000)}!` }, 'shop.order_paid'))).toMatchObject({
      fields: [{ field: 'order' }],
    });
    expect(await refused(hub.call(eventTypeOperations.create, { name: 'shop.order_paid' }))).toMatchObject({
      code: 'CONFLICT',
    });
    expect(await refused(hub.call(eventTypeOperations.create, { name: 'task.created' }))).toMatchObject({
      code: 'CONFLICT',
    });
    expect(
      await refused(hub.call(eventTypeOperations.create, { name: 'shop.bad', schema: { type: 'nonsense' } })),
    ).toMatchObject({ fields: [{ field: 'schema' }] });
    const listed = await hub.call(eventTypeOperations.list, { page: 1, size: 100 });
    expect(listed.items.find((type) => type.name === 'shop.order_paid')).toMatchObject({
      built_in: false,
      schema,
    });
  });

  it('refuses an event type that nobody registered', async () => {
    expect(await refused(hub.publish({}, 'no.such'))).toMatchObject({ fields: [{ field: 'event_type' }] });
    expect(await refused(hub.publish({}, '__proto__.x'))).toMatchObject({
      fields: [{ field: 'event_type' }],
    });
  });

  it('keeps a masked header that is sent back', async () => {
    const made = await hub.createWebhook({
      url: NOWHERE,
      headers: { Authorization: 'Bearer 1', 'X-Plain': 'a' },
    });
    expect(made.headers).toEqual({ Authorization: '********', 'X-Plain': 'a' });
    await hub.call(webhookOperations.update, {
      id: made.id,
      changes: { headers: { ...made.headers, 'X-Plain': 'b' } },
    });
    const { rows } = await hub.database.query<{ version: number }>(
      `SELECT version FROM webhooks WHERE id = $1`,
      [made.id],
    );
    expect(rows[0]?.version).toBe(2);
  });
});
