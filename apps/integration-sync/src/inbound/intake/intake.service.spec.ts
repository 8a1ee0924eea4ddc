import { createHmac } from 'node:crypto';
import type { CallContext } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import type { Notices } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import type { EndpointsRepository, ReceivingRow } from '../endpoints/endpoints.repository';
import { sealSecret } from '../endpoints/sealing';
import type { Processor } from '../processing/processor';
import type { EventWriter } from './event-writer';
import { IntakeService } from './intake.service';
import { KnownEndpoints } from './known-endpoints';

const MEBIBYTE = 1024 * 1024;
const box = new SecretBox(Buffer.alloc(32, 1).toString('base64'));

function row(secret: string): ReceivingRow {
  const id = newId();
  return {
    id,
    integration_id: newId(),
    provider: 'github',
    secret: sealSecret(box, id, secret),
    previous_secret: null,
    previous_until: null,
    verify_signature: true,
    signature_header: 'X-Hub-Signature-256',
    allowed_ips: [],
    rate_limit: null,
  };
}

function known(repository: Partial<EndpointsRepository>): KnownEndpoints {
  return new KnownEndpoints(repository as EndpointsRepository, box, {} as Notices);
}

describe('the endpoints that are known', () => {
  it('are not forgotten for paths that somebody guesses', async () => {
    const asked: string[] = [];
    const endpoints = known({
      receivingAt: (path) => {
        asked.push(path);
        return Promise.resolve(path === 'real' ? row('secret') : undefined);
      },
    });
    await endpoints.at({ path: 'real' });
    for (let n = 0; n < 11_000; n += 1) await endpoints.at({ path: `guess-${n}` });
    expect(await endpoints.at({ path: 'real' })).toHaveLength(1);
    expect(asked.filter((path) => path === 'real')).toHaveLength(1);
    // Of those that are not there as many are remembered, and no more.
    await endpoints.at({ path: 'guess-10999' });
    await endpoints.at({ path: 'guess-0' });
    expect(asked.slice(11_001)).toEqual(['guess-0']);
  });
});

describe('at the common address of a provider', () => {
  const secrets = Array.from({ length: 100 }, (_, n) => `secret-${n}`);
  const rows = secrets.map(row);
  const service = new IntakeService(
    known({ receivingFrom: () => Promise.resolve(rows) }),
    { add: () => Promise.resolve({ id: 'stored', duplicate: true, claim: null }) } as unknown as EventWriter,
    {} as Processor,
    [],
  );

  function receive(body: Buffer, secret: string) {
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = ['X-GitHub-Event', 'push', 'X-Hub-Signature-256', signature];
    const target = { provider: 'github', id: null };
    const input = { target, method: 'POST', url: 'https://hub/', headers, body };
    return service.receive(input, { deadline: Date.now() + 60_000 } as CallContext);
  }

  it('a small delivery is held against all, a large one against some', async () => {
    const [small, large] = [Buffer.alloc(1024), Buffer.alloc(MEBIBYTE)];
    expect(await receive(small, 'secret-99')).toMatchObject({ outcome: 'duplicate' });
    await expect(receive(small, 'another')).rejects.toMatchObject({
      data: { messageKey: 'signature_refused' },
    });
    expect(await receive(large, 'secret-15')).toMatchObject({ outcome: 'duplicate' });
    await expect(receive(large, 'secret-16')).rejects.toMatchObject({
      data: { code: 'UNAUTHENTICATED', messageKey: 'too_many_endpoints' },
    });
  });

  it('others get their turn meanwhile', async () => {
    let turns = 0;
    let done = false;
    const turn = () => {
      turns += 1;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await receive(Buffer.alloc(1024), 'secret-99');
    done = true;
    expect(turns).toBeGreaterThan(20);
  });
});
