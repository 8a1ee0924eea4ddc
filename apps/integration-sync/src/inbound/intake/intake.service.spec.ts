import { createHmac } from 'node:crypto';
import type { CallContext } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import type { Notices } from '@signalbox/rpc';
import { SecretBox } from '@signalbox/security';
import { testLog } from '@signalbox/testing';
import { SettingsVault } from '../../integrations/settings-vault';
import type { EndpointsRepository, ReceivingRowOfProvider } from '../endpoints/endpoints.repository';
import { sealSecret } from '../endpoints/sealing';
import type { Processor } from '../processing/processor';
import type { EventWriter, NewInboundEvent } from './event-writer';
import { IntakeService } from './intake.service';
import { KnownEndpoints } from './known-endpoints';

const MEBIBYTE = 1024 * 1024;
const box = new SecretBox(Buffer.alloc(32, 1).toString('base64'));
const vault = new SettingsVault(box);

function row(secret: string, repository?: string): ReceivingRowOfProvider {
  const [id, integrationId] = [newId(), newId()];
  const settings = { configuration: { provider: 'github', repository }, credentials: {} };
  const { dataKey, configuration } = vault.seal({ integrationId, version: 1 }, settings);
  return {
    id,
    integration_id: integrationId,
    version: 1,
    data_key: dataKey,
    configuration,
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

function known(repository: Partial<EndpointsRepository>, log = testLog()): KnownEndpoints {
  return new KnownEndpoints(repository as EndpointsRepository, box, vault, {} as Notices, log);
}

/** Sealed under a key that is not known any more. */
const goneWithItsKey = (id: string) =>
  sealSecret(new SecretBox(Buffer.alloc(32, 2).toString('base64')), id, 'gone');

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

describe('endpoints of which a secret is under a key that is gone', () => {
  const whole = row('secret');
  const other = row('x');
  const broken = { ...other, secret: goneWithItsKey(other.id) };

  function rotated(until: Date): ReceivingRowOfProvider {
    const now = row('secret');
    return { ...now, previous_secret: goneWithItsKey(now.id), previous_until: until };
  }

  it('are known where that one is not good any more', async () => {
    const at = async (until: Date) => {
      const [endpoint] = await known({ receivingAt: () => Promise.resolve(rotated(until)) }).at({
        path: 'x',
      });
      return endpoint?.secretsAt(Date.now());
    };
    expect(await at(new Date(Date.now() - 1))).toEqual(['secret']);
    await expect(at(new Date(Date.now() + 60_000))).rejects.toMatchObject({ code: 'unknown_key' });
  });

  it('are left out at the common address, and the log names them', async () => {
    const log = testLog();
    const endpoints = known({ receivingFrom: () => Promise.resolve([broken, whole]) }, log);
    const found = await endpoints.at({ provider: 'github', id: null });
    expect(found.map(({ id }) => id)).toEqual([whole.id]);
    expect(log.lines).toMatchObject([{ level: 50, endpoint: broken.id, err: { code: 'unknown_key' } }]);
    expect(JSON.stringify(log.lines)).not.toContain(broken.secret);
  });

  it('are an error where they alone were meant', async () => {
    const endpoints = known({
      receivingAt: () => Promise.resolve(broken),
      receivingFrom: () => Promise.resolve([broken]),
    });
    for (const target of [{ path: 'x' }, { provider: 'github', id: broken.id }])
      await expect(endpoints.at(target)).rejects.toMatchObject({ code: 'unknown_key' });
  });
});

describe('at the common address of a provider', () => {
  const secrets = Array.from({ length: 100 }, (_, n) => `secret-${n}`);
  const rows = secrets.map((secret) => row(secret));
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

describe('what one secret is shared by', () => {
  const added: NewInboundEvent[] = [];
  const add = (event: NewInboundEvent) => {
    added.push(event);
    return Promise.resolve({ id: event.id, duplicate: true, claim: null });
  };
  const rows = {
    any: row('shared'),
    owner: row('shared', 'Octo-Org'),
    repository: row('shared', '/octo-org/Octo-Repo/'),
    others: row('shared', 'octo-org/octo-repo-2'),
    ownSecret: row('own', 'octo-org/octo-repo-3'),
  };
  const receive = async (names: readonly (keyof typeof rows)[], repository?: string) => {
    const service = new IntakeService(
      known({ receivingFrom: () => Promise.resolve(names.map((name) => rows[name])) }),
      { add } as unknown as EventWriter,
      {} as Processor,
      [],
    );
    const full = repository === undefined ? undefined : { full_name: repository };
    const body = Buffer.from(JSON.stringify({ repository: full }));
    const signature = `sha256=${createHmac('sha256', 'shared').update(body).digest('hex')}`;
    const headers = ['X-GitHub-Event', 'push', 'X-Hub-Signature-256', signature];
    const target = { provider: 'github', id: null };
    const input = { target, method: 'POST', url: 'https://hub/', headers, body };
    await service.receive(input, { deadline: Date.now() + 60_000 } as CallContext);
    const id = added.at(-1)?.endpointId;
    return names.find((name) => rows[name].id === id);
  };
  const all = ['ownSecret', 'others', 'any', 'owner', 'repository'] as const;

  it.each([
    [all, 'octo-org/octo-repo', 'repository'],
    [all, 'Octo-Org/Octo-Repo-2', 'others'],
    [all, 'octo-org/another', 'owner'],
    [all, 'octo-organic/another', 'any'],
    // Its secret is another.
    [all, 'octo-org/octo-repo-3', 'owner'],
    [['others', 'owner'], undefined, 'others'],
    [['any', 'others'], undefined, 'any'],
  ] as const)('of %j, what is about %s goes to %s', async (names, repository, expected) => {
    expect(await receive(names, repository)).toBe(expected);
  });

  it('is nobody’s where it is about a repository that none is for', async () => {
    const before = added.length;
    await expect(receive(['others', 'repository'], 'octo-org/another')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(added).toHaveLength(before);
  });
});
