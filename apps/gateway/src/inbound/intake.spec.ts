import { DomainError, type InboundDoor, inboundOperations } from '@signalbox/contracts';
import type { Notices, RpcClient } from '@signalbox/rpc';
import { testConfig } from '@signalbox/testing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Limiter, OwnLimiter } from '../limits/limiter';
import { MemoryLimitStore } from '../limits/memory-limit-store';
import { Policies } from '../limits/policies';
import { Doors } from './doors';
import { Intake } from './intake';

const DOOR: InboundDoor = { endpoint_id: 'e1', rate_limit: 20, allowed_ips: ['203.0.113.0/24'] };
const UNPROVEN = new DomainError({ code: 'UNAUTHENTICATED' });

/** An intake before a hub that has one endpoint, at `real`. */
function opened() {
  const asked: string[] = [];
  const call = (operation: unknown, input: { path: string; headers?: readonly string[] }) => {
    if (operation !== inboundOperations.door) {
      const outcome = input.headers?.includes('forged') ? UNPROVEN : { outcome: 'stored' };
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    }
    asked.push(input.path);
    return Promise.resolve(input.path === 'real' ? DOOR : null);
  };
  const rpc = { call } as unknown as RpcClient;
  const limits = testConfig({ LIMIT_RECEIVE_PER_MINUTE: '10' });
  const intake = new Intake(
    rpc,
    new Doors(rpc, {} as Notices),
    new Limiter(new MemoryLimitStore(), new Policies(limits)),
    new OwnLimiter(new MemoryLimitStore(), new Policies(limits)),
  );
  const reply = { headers: () => undefined } as unknown as FastifyReply;
  const send = async (path: string, ip = '203.0.113.7', { method = 'POST', signature = 'good' } = {}) => {
    const hub = { surface: { name: 'integration-management' }, publicOrigin: () => '', url: '' };
    const raw = { rawHeaders: ['signature', signature] };
    const request = { hub, ip, method, raw } as unknown as FastifyRequest;
    try {
      await intake.receiveAt(path, request, reply);
      return 'received';
    } catch (error) {
      return error instanceof DomainError ? error.code : error;
    }
  };
  return { asked, send };
}

describe('a delivery to a path that is nobody’s', () => {
  it('is not even asked about once its sender has asked for too many', async () => {
    const { asked, send } = opened();
    for (let n = 0; n < 400; n += 1) await send(`guess-${n}`);
    expect(asked).toHaveLength(300);
    expect(await send('guess-again')).toBe('RATE_LIMITED');
    expect(await send('guess-again', '203.0.113.8')).toBe('NOT_FOUND');
  });

  it('keeps nobody from an endpoint, of whose provider others at the same address send to one that is gone', async () => {
    const { send } = opened();
    for (let n = 0; n < 50; n += 1) await send('gone');
    expect(await send('gone')).toBe('RATE_LIMITED');
    expect(await send('real')).toBe('received');
  });
});

describe('what an endpoint takes a minute', () => {
  const times = async (many: number, send: () => Promise<unknown>) => {
    const outcomes: unknown[] = [];
    for (let n = 0; n < many; n += 1) outcomes.push(await send());
    return outcomes;
  };
  const count = (outcomes: readonly unknown[], wanted: string) =>
    outcomes.filter((outcome) => outcome === wanted).length;

  it('is not used up by what proves nothing, asks, or comes from where nothing is taken', async () => {
    const { send } = opened();
    const forged = { signature: 'forged' };
    expect(count(await times(50, () => send('real', '203.0.113.9', forged)), 'UNAUTHENTICATED')).toBe(50);
    expect(count(await times(50, () => send('real', '203.0.113.9', { method: 'OPTIONS' })), 'received')).toBe(
      50,
    );
    expect(count(await times(50, () => send('real', '198.51.100.1')), 'FORBIDDEN')).toBe(10);
    expect(count(await times(25, () => send('real', '203.0.113.9')), 'received')).toBe(20);
  });

  it('is refused to an address that sent it too much that proves nothing, and to no other', async () => {
    const { send } = opened();
    const forged = { signature: 'forged' };
    const outcomes = await times(310, () => send('real', '203.0.113.9', forged));
    expect(count(outcomes, 'UNAUTHENTICATED')).toBe(300);
    expect(await send('real', '203.0.113.9')).toBe('RATE_LIMITED');
    expect(await send('real')).toBe('received');
  });

  it('leaves ten a minute of each address for each path that is nobody’s', async () => {
    const { send } = opened();
    expect(count(await times(12, () => send('gone')), 'NOT_FOUND')).toBe(10);
    expect(count(await times(12, () => send('gone-too')), 'NOT_FOUND')).toBe(10);
  });
});
