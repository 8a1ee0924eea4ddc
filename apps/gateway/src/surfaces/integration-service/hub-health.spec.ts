import {
  DomainError,
  integrationOperations,
  type DispatcherHealth,
  type Operation,
} from '@signalbox/contracts';
import type { RpcClient } from '@signalbox/rpc';
import { HubHealth, reportOf } from './hub-health';

const WELL: DispatcherHealth = { database: 'connected', cache: 'embedded', webhooks_active: 15 };

const COUNTED = { integrations_active: 8 };

/** Answers what it is told to, and counts how often it was asked. */
class Service {
  calls = 0;
  answer: () => Promise<DispatcherHealth> = () => Promise.resolve(WELL);

  call = (operation: Operation<unknown, unknown>): Promise<unknown> => {
    if (operation.name === integrationOperations.health.name) return Promise.resolve(COUNTED);
    this.calls += 1;
    return this.answer();
  };
}

function health(): { hub: HubHealth; service: Service } {
  const service = new Service();
  return { hub: new HubHealth(service as unknown as RpcClient), service };
}

describe('how the hub is', () => {
  it.each<[string, DispatcherHealth | null, string, string | undefined]>([
    ['all is well', WELL, 'healthy', undefined],
    ['Redis is connected', { ...WELL, cache: 'connected' }, 'healthy', undefined],
    [
      'Redis is down: the database still holds everything',
      { ...WELL, cache: 'disconnected' },
      'degraded',
      undefined,
    ],
    [
      'the database is down',
      { ...WELL, database: 'disconnected', webhooks_active: null },
      'unhealthy',
      'DATABASE_UNAVAILABLE',
    ],
    ['the service does not answer', null, 'unhealthy', 'SERVICE_UNAVAILABLE'],
  ])('%s', (_what, dispatcher, status, down) => {
    const report = reportOf(dispatcher, COUNTED);
    expect(report).toMatchObject({ health: { status }, down });
    expect(report.health).toMatchObject({ integrations_active: 8, plugins_installed: 0 });
    expect(report.health.webhooks_active).toBe(dispatcher?.webhooks_active ?? null);
  });

  it('is degraded while nobody tells of integrations', () => {
    expect(reportOf(WELL, null)).toMatchObject({
      health: { status: 'degraded', integrations_active: null },
      down: undefined,
    });
  });

  it('asks once, however many want to know', async () => {
    const { hub, service } = health();
    const reports = await Promise.all(Array.from({ length: 100 }, () => hub.report()));
    expect(service.calls).toBe(1);
    expect(new Set(reports).size).toBe(1);
    await hub.report();
    expect(service.calls).toBe(1);
  });

  it('asks again when the answer is old', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    try {
      const { hub, service } = health();
      await hub.report();
      jest.advanceTimersByTime(1_001);
      await hub.report();
      expect(service.calls).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('never waits for two questions at once, and gets over one that fails', async () => {
    const { hub, service } = health();
    let refuse: (error: Error) => void = () => undefined;
    service.answer = () => new Promise((_resolve, reject) => (refuse = reject));
    const [first, second] = [hub.report(), hub.report()];
    expect(service.calls).toBe(1);
    refuse(new DomainError({ code: 'SERVICE_UNAVAILABLE' }));
    expect(await first).toMatchObject({ down: 'SERVICE_UNAVAILABLE', health: { status: 'unhealthy' } });
    expect(await second).toBe(await first);
  });
});
