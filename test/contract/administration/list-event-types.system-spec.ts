import { BUILT_IN_EVENT_TYPES } from '@signalbox/contracts';
import { useHub } from '../hub';
import { BASE, type Data } from './webhooks';

interface EventType {
  readonly name: string;
  readonly built_in: boolean;
}

const hub = useHub();

describe('GET /api/v1/admin/integration/event-types', () => {
  test('lists every type that comes with the hub', async () => {
    const { status, body } = await hub.call<Data<EventType[]>>('GET', `${BASE}/event-types?limit=100`, {
      as: 'viewer',
    });
    expect(status).toBe(200);
    expect(body.data.filter(({ built_in }) => built_in).map(({ name }) => name)).toEqual(
      Object.keys(BUILT_IN_EVENT_TYPES).sort((a, b) => a.localeCompare(b)),
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
