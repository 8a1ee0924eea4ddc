import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { testConfig, testLog, until } from '@signalbox/testing';
import { counter } from '@signalbox/observability';
import { createTransport } from '../create-transport';
import { startApps } from './start-apps';

describe('startApps', () => {
  it('sends the figures of a process on, the last ones when its apps have closed', async () => {
    const packets: string[] = [];
    const daemon = createSocket('udp4', (packet) => void packets.push(packet.toString()));
    daemon.bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    const config = testConfig({
      STATSD_URL: `udp://127.0.0.1:${daemon.address().port}`,
      METRICS_INTERVAL_SECONDS: '3600',
    });
    const log = testLog();
    const done = counter({ name: 'spec_closed_total', help: 'h' });
    const starter = {
      name: 'gateway' as const,
      start: () => Promise.resolve({ checks: [], close: () => Promise.resolve().then(() => done.inc()) }),
    };
    const apps = await startApps({ config, log, transport: await createTransport(config, log) }, [starter]);
    expect(packets).toEqual([]);
    await apps.close();
    await until('the last figures arrive', 5_000, () => packets.join('\n').includes('spec_closed_total'));
    expect(packets.join('\n')).toMatch(/^spec_closed_total:1\|c\|#app:gateway,instance:/m);
    daemon.close();
  });
});
