import { randomUUID } from 'node:crypto';
import { useOwnHub } from '../own-hub';
import { TEXT } from '../samples';
import { at, deliver, GITHUB, github, makeEndpoint } from './webhook-endpoints';

const hub = useOwnHub({ LIMIT_RECEIVE_PER_MINUTE: '10' });

test('as much as the endpoint says, ten a minute where it says nothing', async () => {
  for (const [rate_limit, most] of [
    [null, 10],
    [3, 3],
  ] as const) {
    const endpoint = await makeEndpoint(hub, 'generic', { verify_signature: false, rate_limit });
    for (let left = most - 1; left >= 0; left -= 1) {
      const { status, headers } = await deliver(hub, at(endpoint), '{}', {});
      expect(status).toBe(200);
      expect(headers.get('X-RateLimit-Limit')).toBe(String(most));
      expect(headers.get('X-RateLimit-Remaining')).toBe(String(left));
    }
    const refused = await deliver(hub, at(endpoint), '{}', {});
    expect(refused).toMatchObject({ status: 429, body: { detail: TEXT } });
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  }
});

test('what proves nothing takes nothing of what the provider may send', async () => {
  const endpoint = await makeEndpoint(hub, 'github', { ...GITHUB, rules: [], rate_limit: 3 });
  const body = JSON.stringify({ ref: 'refs/heads/main' });
  for (let n = 0; n < 10; n += 1) {
    expect(await deliver(hub, at(endpoint), body, {})).toMatchObject({ status: 401 });
  }
  const signature = await github(body);
  for (const status of [200, 200, 200, 429]) {
    const delivered = { ...signature, 'X-GitHub-Delivery': randomUUID() };
    expect(await deliver(hub, at(endpoint), body, delivered)).toMatchObject({ status });
  }
});
