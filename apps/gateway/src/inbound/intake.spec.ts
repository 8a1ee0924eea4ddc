import { DomainError, type InboundDoor, inboundOperations } from '@signalbox/contracts';
import type { Notices, RpcClient } from '@signalbox/rpc';
import { testConfig } from '@signalbox/testing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Limiter } from '../limits/limiter';
import { MemoryLimitStore } from '../limits/memory-limit-store';
import { Policies } from '../limits/policies';
import { Doors } from './doors';
import { Intake } from './intake';

const DOOR: InboundDoor = { endpoint_id: 'e1', rate_limit: 1000, allowed_ips: [] };

/** An intake before a hub that has one endpoint, at `real`. */
function opened() {
  const asked: string[] = [];
  const call = (operation: unknown, input: { path: string }) => {
    if (operation !== inboundOperations.door) return Promise.resolve({ outcome: 'stored' });
    asked.push(input.path);
    return Promise.resolve(input.path === 'real' ? DOOR : null);
  };
  const rpc = { call } as unknown as RpcClient;
  const limits = testConfig({ LIMIT_RECEIVE_PER_MINUTE: '10' });
  const intake = new Intake(
    rpc,
    new Doors(rpc, {} as Notices),
    new Limiter(new MemoryLimitStore(), new Policies(limits)),
  );
  const reply = { headers: () => undefined } as unknown as FastifyReply;
  const send = async (path: string, ip = '203.0.113.7') => {
    const hub = { surface: { name: 'integration-management' }, publicOrigin: () => '', url: '' };
    const request = { hub, ip, method: 'POST', raw: { rawHeaders: [] } } as unknown as FastifyRequest;
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
