import { DEFAULT_RULES, type NormalizedEvent } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import type { Notices } from '@signalbox/rpc';
import { testLog, until } from '@signalbox/testing';
import type { EndpointRules, EndpointsRepository } from '../endpoints/endpoints.repository';
import { MOST_ATTEMPTS } from './backoff';
import {
  type Claim,
  CLAIM_SECONDS,
  type ClaimedEvent,
  type ClaimsRepository,
  type ProcessedEvent,
} from './claims.repository';
import { type Arrival, AT_ONCE, type Forwarder } from './forwarder';
import { Processor } from './processor';

const ENDPOINT = newId();
const MEBIBYTE = 1024 * 1024;
const fresh = (): Claim => ({ id: newId(), at: performance.now() });
const late = (): Claim => ({ id: newId(), at: performance.now() - CLAIM_SECONDS * 1000 });

function arrival(parts = 1): Arrival {
  const events = Array.from({ length: parts }, (_, part) => ({ part }) as NormalizedEvent);
  return { id: newId(), endpointId: ENDPOINT, replays: 0, events, payloads: () => [] };
}

function withRules(ids: readonly string[], rules: EndpointRules['rules']): Map<string, EndpointRules> {
  return new Map(ids.map((id) => [id, { integration_id: 'i', project_id: null, rules }]));
}

/** The processor, with everything around it as the test wants it. */
function processing() {
  const settled: ProcessedEvent[] = [];
  const given: { id: string; claim: string }[] = [];
  const forwarded: string[] = [];
  const claims = {
    claim: jest.fn((): Promise<ClaimedEvent[]> => Promise.resolve([])),
    settle: jest.fn((results: readonly ProcessedEvent[]) => {
      settled.push(...results);
      return Promise.resolve(new Map<string, number>());
    }),
    renew: jest.fn(() => Promise.resolve(true)),
    giveBack: jest.fn((held: readonly { id: string; claim: string }[]) => {
      given.push(...held);
      return Promise.resolve();
    }),
  };
  const rulesOf = jest.fn((ids: readonly string[]) => Promise.resolve(withRules(ids, [])));
  const forward = jest.fn(({ id }: Arrival, _: unknown, _goOn: () => Promise<void>): Promise<number> => {
    forwarded.push(id);
    return Promise.resolve(1);
  });
  const processor = new Processor(
    claims as unknown as ClaimsRepository,
    { rulesOf } as unknown as EndpointsRepository,
    { forward } as unknown as Forwarder,
    { tell: () => undefined } as unknown as Notices,
    testLog(),
  );
  return { processor, claims, rulesOf, forward, settled, given, forwarded };
}

describe('the processor', () => {
  it('gives up what every attempt before died with, without looking into it', async () => {
    const { processor, claims, settled, forwarded } = processing();
    const id = newId();
    const dying = {
      id,
      endpoint_id: ENDPOINT,
      attempts: MOST_ATTEMPTS + 1,
      body: Buffer.from('{}'),
      parts: 1,
    };
    claims.claim.mockResolvedValueOnce([dying as ClaimedEvent]);
    processor.wake();
    await until('it is settled', 5_000, () => settled.length > 0);
    expect(settled).toMatchObject([{ id, status: 'failed', reason: 'no attempt came to an end' }]);
    expect(forwarded).toEqual([]);
  });

  it('leaves to others what it has held for too long', async () => {
    const { processor, settled, given, forwarded } = processing();
    const [stale, good] = [arrival(), arrival()];
    const claim = late();
    processor.take(claim, stale, 2);
    processor.take(fresh(), good, 2);
    await until('it is settled', 5_000, () => settled.length > 0);
    expect(given).toEqual([{ id: stale.id, claim: claim.id }]);
    expect(forwarded).toEqual([good.id]);
  });

  it('keeps in hand what it could not begin with', async () => {
    const { processor, claims, rulesOf, settled } = processing();
    const [one, other] = [arrival(), arrival()];
    rulesOf.mockRejectedValueOnce(new Error('away'));
    processor.take(fresh(), one, 2);
    await until('the rules were asked for', 5_000, () => rulesOf.mock.calls.length > 0);
    claims.claim.mockRejectedValueOnce(new Error('away'));
    processor.wake();
    await until('it was asked what is due', 5_000, () => claims.claim.mock.calls.length > 0);
    processor.take(fresh(), other, 2);
    await until('both are settled', 5_000, () => settled.length === 2);
    expect(settled.map(({ id }) => id)).toEqual([one.id, other.id]);
  });

  it('renews its claim on what takes long, and stops where it has lost it', async () => {
    const { processor, claims, forward, settled } = processing();
    const now = jest.spyOn(performance, 'now');
    const start = performance.now();
    forward.mockImplementation(async (_arrival, _rules, goOn) => {
      now.mockReturnValue(start + (CLAIM_SECONDS * 1000) / 4);
      await goOn();
      expect(claims.renew).not.toHaveBeenCalled();
      now.mockReturnValue(start + (CLAIM_SECONDS * 3000) / 4);
      await goOn();
      claims.renew.mockResolvedValue(false);
      await goOn();
      now.mockReturnValue(start + CLAIM_SECONDS * 1500);
      await goOn();
      return 1;
    });
    try {
      processor.take({ id: newId(), at: start }, arrival(AT_ONCE + 1), 2);
      await until('it is settled', 5_000, () => settled.length > 0);
    } finally {
      now.mockRestore();
    }
    expect(claims.renew).toHaveBeenCalledTimes(2);
    expect(settled).toMatchObject([{ status: 'pending', reason: null, retryInMs: 0 }]);
  });

  it('begins with nothing whose claim ran out while it waited for another', async () => {
    const { processor, forward, given, forwarded, settled } = processing();
    const [first, second] = [arrival(AT_ONCE + 1), arrival(AT_ONCE + 1)];
    const now = jest.spyOn(performance, 'now');
    const start = performance.now();
    forward.mockImplementationOnce(({ id }) => {
      forwarded.push(id);
      now.mockReturnValue(start + CLAIM_SECONDS * 750);
      return Promise.resolve(1);
    });
    try {
      processor.take({ id: newId(), at: start }, first, 2);
      processor.take({ id: newId(), at: start }, second, 2);
      await until('the second is given back', 5_000, () => given.length > 0);
    } finally {
      now.mockRestore();
    }
    expect(given.map(({ id }) => id)).toEqual([second.id]);
    expect(settled.map(({ id }) => id)).toEqual([first.id]);
    expect(forwarded).toEqual([first.id]);
  });

  it('sends at once no more than a bounded weight, all rules counted', async () => {
    const { processor, rulesOf, forward, settled } = processing();
    const twice = [...DEFAULT_RULES, ...DEFAULT_RULES];
    rulesOf.mockImplementation((ids) => Promise.resolve(withRules(ids, twice)));
    let underWay = 0;
    let most = 0;
    forward.mockImplementation(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return 1;
    });
    for (let n = 0; n < 20; n += 1) processor.take(fresh(), arrival(), MEBIBYTE);
    await until('they are settled', 5_000, () => settled.length === 20);
    expect(most).toBe(7);
  });

  it('gives back at the end what it has not begun with', async () => {
    const { processor, rulesOf, given, settled } = processing();
    const held = Array.from({ length: 400 }, () => arrival());
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const plain = rulesOf.getMockImplementation();
    rulesOf.mockImplementation(async (ids) => {
      await asked;
      return (await plain?.(ids)) ?? new Map();
    });
    for (const one of held) processor.take(fresh(), one, 2);
    const stopped = processor.beforeApplicationShutdown();
    answer();
    await stopped;
    expect(settled.length).toBeLessThan(held.length);
    expect([...settled, ...given].map(({ id }) => id).sort()).toEqual(held.map(({ id }) => id).sort());
    expect(processor.room).toEqual({ events: 0, weight: 0 });
  });

  it('has room for few events of which each tells of many', () => {
    const { processor } = processing();
    const { events, weight } = processor.room;
    processor.take(fresh(), arrival(1000), 10);
    expect(processor.room.events).toBe(events - 1);
    expect(weight - processor.room.weight).toBeGreaterThan(1_000_000);
  });
});
