import { DEFAULT_RULES, DomainError, type NormalizedEvent } from '@signalbox/contracts';
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

/** What SendGrid sent of so many events, as it is claimed. */
function due(parts: number): ClaimedEvent {
  return {
    id: newId(),
    endpoint_id: newId(),
    delivery_id: null,
    provider: 'sendgrid',
    method: 'POST',
    url: 'https://hub.example.com/',
    headers: [],
    body: Buffer.from(JSON.stringify(Array(parts).fill({ event: 'open' }))),
    parts,
    attempts: 1,
    replays: 0,
    received_at: new Date(),
  };
}

/** The processor, with everything around it as the test wants it. */
function processing() {
  const settled: ProcessedEvent[] = [];
  const given: { id: string; claim: string }[] = [];
  const forwarded: string[] = [];
  const claims = {
    claim: jest.fn((_id: string, _most: number, _parts: number): Promise<ClaimedEvent[]> =>
      Promise.resolve([]),
    ),
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
    const dying = { ...due(1), attempts: MOST_ATTEMPTS + 1 };
    claims.claim.mockResolvedValueOnce([dying]);
    processor.wake();
    await until('it is settled', 5_000, () => settled.length > 0);
    expect(settled).toMatchObject([{ id: dying.id, status: 'failed', reason: 'no attempt came to an end' }]);
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

  it('does not count a try for which nobody is there, as long as what came in is not old', async () => {
    const { processor, claims, forward, settled } = processing();
    const last = { ...due(1), attempts: MOST_ATTEMPTS };
    const old = { ...last, id: newId(), received_at: new Date(Date.now() - 25 * 3_600_000) };
    claims.claim.mockResolvedValueOnce([last, old]);
    forward.mockRejectedValue(new DomainError({ code: 'SERVICE_UNAVAILABLE' }));
    processor.wake();
    await until('both are settled', 5_000, () => settled.length === 2);
    processor.take(fresh(), arrival(), 2);
    await until('what has just been stored is, too', 5_000, () => settled.length === 3);
    const reason = 'SERVICE_UNAVAILABLE';
    expect(settled).toMatchObject([
      { id: last.id, status: 'pending', reason, counts: false },
      { id: old.id, status: 'failed', reason, counts: true, retryInMs: null },
      { status: 'pending', reason, counts: false },
    ]);
    expect(settled[0]?.retryInMs).toBeGreaterThan(0);
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
    expect(settled).toMatchObject([{ status: 'pending', reason: null, retryInMs: 0, counts: false }]);
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

  it('does not keep others waiting for a long one, and begins with no second one meanwhile', async () => {
    const { processor, claims, rulesOf, forward, settled, forwarded } = processing();
    const [long, next, short] = [arrival(AT_ONCE + 1), arrival(AT_ONCE + 1), arrival()];
    let end = (): void => undefined;
    const slow = new Promise<void>((resolve) => (end = resolve));
    forward.mockImplementationOnce(async ({ id }) => {
      forwarded.push(id);
      await slow;
      return 1;
    });
    processor.take(fresh(), long, 2);
    processor.take(fresh(), next, 2);
    await until('the long one is under way', 5_000, () => forwarded.length > 0);
    processor.wake();
    processor.take(fresh(), { ...short, endpointId: newId() }, 2);
    await until('the short one is settled', 5_000, () => settled.length > 0);
    expect(settled.map(({ id }) => id)).toEqual([short.id]);
    expect(forwarded).toEqual([long.id, short.id]);
    expect(claims.claim.mock.calls.map(([, , mostParts]) => mostParts)).toEqual([AT_ONCE]);
    // The rules that are asked for while it ends are not those of the next one.
    rulesOf.mockImplementationOnce(async (ids) => {
      end();
      await until('it ended', 5_000, () => settled.length === 2);
      return withRules(ids, []);
    });
    processor.take(fresh(), { ...arrival(), endpointId: newId() }, 2);
    await until('all are settled', 5_000, () => settled.length === 4);
    expect(settled.every(({ status }) => status === 'processed')).toBe(true);
    await until('it asks for long ones again', 5_000, () => (claims.claim.mock.lastCall?.[2] ?? 0) > AT_ONCE);
  });

  it('goes on with what is due beside a long one that was due, too', async () => {
    const { processor, claims, forward, settled } = processing();
    const [long, next, short] = [due(AT_ONCE + 1), due(AT_ONCE + 1), due(AT_ONCE)];
    claims.claim.mockResolvedValueOnce([long, next, short]);
    let end = (): void => undefined;
    const slow = new Promise<number>((resolve) => (end = () => resolve(1)));
    forward.mockImplementation(({ id }) => (id === long.id ? slow : Promise.resolve(1)));
    processor.wake();
    await until('the short one is settled', 5_000, () => settled.length > 0);
    await new Promise(setImmediate);
    expect(settled.map(({ id }) => id)).toEqual([short.id]);
    end();
    await until('all are settled', 5_000, () => settled.length === 3);
    expect(settled.map(({ id }) => id)).toEqual([short.id, long.id, next.id]);
  });

  it('ends only once the long one under way has stopped, and gives back the next one', async () => {
    const { processor, forward, settled, given, forwarded } = processing();
    const [long, next] = [arrival(AT_ONCE + 1), arrival(AT_ONCE + 1)];
    let sent = (): void => undefined;
    const sending = new Promise<void>((resolve) => (sent = resolve));
    forward.mockImplementationOnce(async ({ id }, _, goOn) => {
      forwarded.push(id);
      await sending;
      await goOn();
      return 1;
    });
    processor.take(fresh(), long, 2);
    processor.take(fresh(), next, 2);
    await until('it is under way', 5_000, () => forwarded.length > 0);
    let stopped = false;
    const stopping = processor.beforeApplicationShutdown().then(() => (stopped = true));
    await until('the next is given back', 5_000, () => given.length > 0);
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    sent();
    await stopping;
    expect(given.map(({ id }) => id)).toEqual([next.id]);
    expect(settled).toMatchObject([{ id: long.id, status: 'pending', retryInMs: 0 }]);
    expect(forwarded).toEqual([long.id]);
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
    for (let n = 0; n < 10; n += 1) processor.take(fresh(), arrival(AT_ONCE), 10);
    expect(processor.room.events).toBe(events - 10);
    expect(weight - processor.room.weight).toBeGreaterThan(1_000_000);
  });
});
