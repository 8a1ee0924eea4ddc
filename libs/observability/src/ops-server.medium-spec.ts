import { pino } from 'pino';
import { startOpsServer, type OpsServer } from './ops-server';
import { Readiness, type Check } from './readiness';

const lines: string[] = [];
const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
let server: OpsServer | undefined;

async function start(checks: Readiness | readonly Check[]): Promise<OpsServer> {
  server = await startOpsServer({ port: 0, host: '127.0.0.1', checks, log });
  return server;
}

async function get(path: string): Promise<{ status: number; body: unknown; type: string | null }> {
  const answer = await fetch(`http://127.0.0.1:${server?.port}${path}`);
  const text = await answer.text();
  const type = answer.headers.get('content-type');
  return { status: answer.status, body: type?.includes('json') ? JSON.parse(text) : text, type };
}

const up: Check = { name: 'broker', probe: () => Promise.resolve() };

describe('startOpsServer', () => {
  beforeEach(() => (lines.length = 0));
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('is ready while every part is up, and serves metrics', async () => {
    await start([up]);
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok', down: [] } });
    const metrics = await get('/metrics');
    expect(metrics).toMatchObject({ status: 200, type: expect.stringContaining('text/plain') });
    expect(metrics.body).toContain('process_cpu_seconds_total');
  });

  it('names the parts that are down and says why in the log only', async () => {
    await start([up, { name: 'database', probe: () => Promise.reject(new Error('refused at 10.0.0.7')) }]);
    expect(await get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'error', down: ['database'] },
    });
    expect(await get('/health/live')).toMatchObject({ status: 200 });
    expect(lines.filter((line) => line.includes('a part is down'))).toHaveLength(1);
    expect(lines.join('')).toContain('refused at 10.0.0.7');
  });

  it('does not wait for a part that never answers, nor asks it a second time meanwhile', async () => {
    let asked = 0;
    const stuck = (): Promise<void> => {
      asked += 1;
      return new Promise<void>(() => undefined);
    };
    await start([{ name: 'database', probe: stuck }]);
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { down: ['database'] } });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { down: ['database'] } });
    expect(asked).toBe(1);
  });

  it('asks a part once for many who ask at the same time', async () => {
    let asked = 0;
    const counting = async (): Promise<void> => {
      asked += 1;
      await Promise.resolve();
    };
    await start([{ name: 'database', probe: counting }]);
    await Promise.all(Array.from({ length: 20 }, () => get('/health/ready')));
    expect(asked).toBe(1);
  });

  it('is not ready but alive as soon as the shutdown began', async () => {
    const readiness = new Readiness([up], log);
    await start(readiness);
    readiness.beginShutdown();
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { status: 'shutting_down' } });
    expect(await get('/health/live')).toMatchObject({ status: 200 });
  });

  it('fails to start on a port that is taken', async () => {
    const { port } = await start([]);
    await expect(startOpsServer({ port, host: '127.0.0.1', checks: [], log })).rejects.toThrow('EADDRINUSE');
  });

  it('takes no new connection once closed', async () => {
    const { port, close } = await start([]);
    await close();
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
  });
});
