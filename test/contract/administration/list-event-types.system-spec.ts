import { useHub } from '../hub';
import { BASE, type Data } from './webhooks';

interface EventType {
  readonly name: string;
  readonly built_in: boolean;
}

/** As published by both documents, and the platform's own; written out rather than derived, so that a loss shows. */
const TYPES = [
  ...['project.created', 'project.updated', 'project.deleted'],
  ...['task.created', 'task.updated', 'task.completed'],
  ...['user.registered', 'user.created', 'user.updated', 'user.deleted'],
  ...['deployment.started', 'deployment.completed', 'deployment.failed'],
  ...['knowledge_base.created', 'knowledge_base.updated', 'knowledge_base.deleted'],
  ...['document.uploaded', 'document.processed', 'document.failed'],
  ...['chat.started', 'chat.ended', 'system.alert'],
  ...['integration.sync.completed', 'integration.sync.failed', 'integration.status.changed'],
  ...['plugin.installed', 'plugin.uninstalled', 'webhook.endpoint.disabled'],
  ...['pipeline.run.started', 'pipeline.run.completed', 'pipeline.run.failed'],
  ...['review.completed', 'api_key.expiring'],
];

const hub = useHub();

describe('GET /api/v1/admin/integration/event-types', () => {
  test('lists every type that comes with the hub', async () => {
    const { status, body } = await hub.call<Data<EventType[]>>('GET', `${BASE}/event-types?limit=100`, {
      as: 'viewer',
    });
    expect(status).toBe(200);
    expect(body.data.filter(({ built_in }) => built_in).map(({ name }) => name)).toEqual(
      TYPES.sort((a, b) => a.localeCompare(b)),
    );
  });

  test('pages', async () => {
    const { body } = await hub.call<Data<EventType[]>>('GET', `${BASE}/event-types?page=2&limit=5`);
    expect(body.data).toHaveLength(5);
    expect(body).toMatchObject({ pagination: { page: 2, pageSize: 5 } });
  });

  test('asks for a credential', async () => {
    expect(await hub.call('GET', `${BASE}/event-types`, { as: null })).toMatchObject({ status: 401 });
  });
});
