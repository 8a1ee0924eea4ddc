import { setTimeout as sleep } from 'node:timers/promises';
import { curl } from '../curl';
import { useOwnHub } from '../own-hub';
import { TIME } from '../samples';
import { whenWell } from '../when-well';
import { makeWebhook, type Enveloped } from './webhooks';

interface Health {
  readonly webhooks_active: number;
  readonly [field: string]: unknown;
}

/** Longer than an answer stands. */
const STALE_MS = 1_200;
const hub = useOwnHub();

describe('GET /api/v1/health', () => {
  test('the published curl line answers the published fields, without a credential', async () => {
    const { status, body } = await whenWell(() =>
      curl<Enveloped<Health>>(
        `curl -X GET \\
          "http://localhost:8093/api/v1/health" \\
          -H "Content-Type: application/json"`,
        hub.url,
      ),
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      code: 'S10000',
      msg: '服務正常',
      content: {
        status: 'healthy',
        service: 'integration-service',
        timestamp: TIME,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
        database: 'connected',
        cache: expect.stringMatching(/^(connected|embedded)$/) as unknown,
        webhooks_active: expect.any(Number) as unknown,
        integrations_active: expect.any(Number) as unknown,
        plugins_installed: 0,
      },
    });
  });

  test('counts the active webhooks', async () => {
    const active = async () => {
      await sleep(STALE_MS);
      const health = () => hub.call<Enveloped<Health>>('GET', '/api/v1/health', { as: null });
      return (await whenWell(health)).body.content.webhooks_active;
    };
    const before = await active();
    await makeWebhook(hub);
    await makeWebhook(hub, { is_active: false });
    expect(await active()).toBe(before + 1);
  });

  test('says so in the language that is asked for, and whatever credential is sent', async () => {
    const answer = await whenWell(() =>
      hub.call('GET', '/api/v1/health', { as: { token: 'stale' }, headers: { 'Accept-Language': 'en' } }),
    );
    expect(answer).toMatchObject({ status: 200, body: { msg: 'The service is healthy' } });
  });
});
