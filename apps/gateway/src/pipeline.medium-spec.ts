import { RunningGateway } from './running-gateway-for-spec';

describe('smoke (services in memory)', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start();
  });
  afterAll(() => hub.stop());
  it('works', async () => {
    const { token } = hub.signIn();
    for (const p of [
      '/api/v1/probes',
      '/api/v1/admin/integration/probes',
      '/api/probes/',
      '/integration-management/probes/public',
      '/health/live',
      '/health/ready',
      '/nope',
      '/api/nope',
      '/api/probes/items/%zz',
    ]) {
      const r = await hub.fetch(p, { token });
      console.log(p, r.status, Object.fromEntries(r.headers), await r.text());
    }
    const r = await hub.post(
      '/api/v1/probes',
      { name: 1, events: ['a.b', 'X'], retry_config: { max_retries: 99, foo: 1 }, steps: [{}, 3] },
      { token },
    );
    console.log(r.status, await r.text());
    const d = await hub.fetch('/api/probes/items/1', { token, method: 'DELETE' });
    console.log(d.status, Object.fromEntries(d.headers), await d.text());
    console.log(await hub.raw('GET / HTTP/1.1\r\nbad header\r\n\r\n'));
    console.log(hub.log.lines.slice(-3));
  });
});
