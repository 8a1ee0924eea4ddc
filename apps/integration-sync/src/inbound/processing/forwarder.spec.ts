import { DomainError, type InboundRule, type NormalizedEvent, type PublishInput } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import type { RpcClient } from '@signalbox/rpc';
import { isAway } from './after-failure';
import { type Arrival, AT_ONCE, Forwarder, reasonOf } from './forwarder';

const RULE: InboundRule = {
  events: ['*'],
  to: 'webhooks',
  event_type: null,
  format: 'normalized',
  include_payload: false,
};
const TOO_LATE = new DomainError({ code: 'DEADLINE_EXCEEDED' });
const REFUSED = new DomainError({ code: 'VALIDATION_FAILED' });

const event = (part: number): NormalizedEvent => ({
  provider: 'sendgrid',
  delivery_id: null,
  part,
  event: 'open',
  action: null,
  topic: null,
  occurred_at: '2026-01-01T00:00:00.000Z',
  subject: null,
  repository: null,
  revision: null,
  summary: 'SendGrid: open',
});

function arrival(parts: number): Arrival {
  const events = Array.from({ length: parts }, (_, part) => event(part));
  return {
    id: newId(),
    endpointId: newId(),
    replays: 0,
    events,
    payloads: () => events.map(({ part }) => ({ part })),
  };
}

interface Sent {
  readonly id: string;
  readonly input: PublishInput;
}

/** Forwards, to a dispatcher that answers what `answer` says. */
function forwarding(answer: (sent: Sent) => Error | undefined = () => undefined) {
  const sent: Sent[] = [];
  const call = (_: unknown, input: PublishInput, options: { context: { idempotencyId: string } }) => {
    const one = { id: options.context.idempotencyId, input };
    sent.push(one);
    const error = answer(one);
    return error ? Promise.reject(error) : Promise.resolve();
  };
  const forwarder = new Forwarder({ call } as unknown as RpcClient);
  const goOn = jest.fn(() => Promise.resolve());
  const forward = (what: Arrival, rules: readonly InboundRule[]) =>
    forwarder.forward(what, { integration_id: 'i', project_id: null, rules }, goOn);
  return { sent, goOn, forward };
}

describe('forwarding', () => {
  it('makes what goes out only once what went before has gone', async () => {
    const { sent, goOn, forward } = forwarding();
    let made = 0;
    const toJSON = () => (made += 1);
    const what = { ...arrival(3 * AT_ONCE), payloads: () => Array<unknown>(3 * AT_ONCE).fill({ toJSON }) };
    goOn.mockImplementation(() => {
      expect(made - sent.length).toBe(AT_ONCE);
      return Promise.resolve();
    });
    expect(await forward(what, [{ ...RULE, include_payload: true }])).toBe(3 * AT_ONCE);
    expect(goOn).toHaveBeenCalledTimes(2);
  });

  it('sends of many events with each what was sent of it', async () => {
    const { sent, forward } = forwarding();
    await forward(arrival(3), [{ ...RULE, include_payload: true }]);
    const payloads = sent.map(({ input }) => (JSON.parse(input.data) as { payload: unknown }).payload);
    expect(payloads).toEqual([{ part: 0 }, { part: 1 }, { part: 2 }]);
  });

  it.each(['normalized', 'cloudevents'] as const)('sends numbers as they were sent: %s', async (format) => {
    const { sent, forward } = forwarding();
    const payload = JSON.parse('[9007199254740993,1.0]', (_, value: unknown, { source }) =>
      typeof value === 'number' ? JSON.rawJSON(source) : value,
    );
    const what = { ...arrival(1), payloads: () => [payload] };
    await forward(what, [{ ...RULE, format, include_payload: true }]);
    expect(sent[0]?.input.data).toContain('"payload":[9007199254740993,1.0]}');
  });

  it('looks into what was sent only where a rule wants that, and once', async () => {
    const { sent, forward } = forwarding();
    const payloads = jest.fn(() => [{ a: 1 }, { b: 2 }]);
    const what = { ...arrival(2), payloads };
    await forward(what, [RULE, { ...RULE, events: ['github.*'], include_payload: true }]);
    expect(payloads).not.toHaveBeenCalled();
    await forward(what, [RULE, { ...RULE, include_payload: true }]);
    expect(payloads).toHaveBeenCalledTimes(1);
    expect(sent.filter(({ input }) => input.data.includes('"payload"'))).toHaveLength(2);
  });

  it('lets others have their turns while it finds nothing that a rule wants', async () => {
    const { sent, forward } = forwarding();
    const rules = Array.from({ length: 20 }, (_, n) => ({ ...RULE, events: [`github.n${n}`] }));
    let turns = 0;
    let done = false;
    const turn = (): void => {
      turns += 1;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    expect(await forward(arrival(10_000), rules)).toBe(0);
    done = true;
    expect(sent).toEqual([]);
    expect(turns).toBeGreaterThan(100);
  });

  it('has few large ones under way at once', async () => {
    const { sent, goOn, forward } = forwarding();
    const large = { ...arrival(1), payloads: () => [{ text: 'x'.repeat(600_000) }] };
    const rules = ['a.b', 'a.c', 'a.d'].map((event_type) => ({ ...RULE, event_type, include_payload: true }));
    await forward(large, rules);
    expect(sent).toHaveLength(3);
    expect(goOn).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['first', REFUSED, TOO_LATE],
    ['last', TOO_LATE, REFUSED],
  ])(
    'tries again what may go out by that, though another rule is refused for good: %s',
    async (_, one, other) => {
      const { sent, forward } = forwarding(({ input }) => (input.event_type === 'a.one' ? one : other));
      const rules = ['a.one', 'a.other'].map((event_type) => ({ ...RULE, event_type }));
      await expect(forward(arrival(AT_ONCE), rules)).rejects.toMatchObject({ cause: TOO_LATE });
      expect(sent).toHaveLength(2 * AT_ONCE);
    },
  );

  it.each([
    ['went out', 2, undefined],
    ['went out before', AT_ONCE + 1, undefined],
    ['was refused', 2, REFUSED],
    ['met an error', 2, new DomainError({ code: 'INTERNAL' })],
  ])('says that nobody answers only where nobody did: some %s', async (_, parts, answer) => {
    const { forward } = forwarding(({ input }) =>
      input.data.includes(`"part":${parts - 1},`) ? TOO_LATE : answer,
    );
    const error = await forward(arrival(parts), [RULE]).catch((thrown: unknown) => thrown);
    expect(isAway(error)).toBe(false);
    expect(reasonOf(error)).toBe(answer?.code === 'INTERNAL' ? 'INTERNAL' : 'DEADLINE_EXCEEDED');
  });

  it('holds nothing up for what is refused for good', async () => {
    const { sent, forward } = forwarding(({ input }) =>
      input.data.includes('"part":0') ? REFUSED : undefined,
    );
    await expect(forward(arrival(2 * AT_ONCE), [RULE])).rejects.toBe(REFUSED);
    expect(sent).toHaveLength(2 * AT_ONCE);
  });

  it('does not go on while nobody takes anything', async () => {
    const { sent, forward } = forwarding(() => TOO_LATE);
    await expect(forward(arrival(3 * AT_ONCE), [RULE])).rejects.toBe(TOO_LATE);
    expect(sent).toHaveLength(AT_ONCE);
    const large = { ...arrival(1), payloads: () => [{ text: 'x'.repeat(1_200_000) }] };
    const rules = Array.from({ length: 20 }, (_, n) => ({
      ...RULE,
      event_type: `a.n${n}`,
      include_payload: true,
    }));
    await expect(forward(large, rules)).rejects.toBe(TOO_LATE);
    expect(sent).toHaveLength(AT_ONCE + 4);
  });

  it('gives each rule its ids, wherever it stands, and two that say the same one', async () => {
    const { sent, forward } = forwarding();
    const what = arrival(1);
    const other = { ...RULE, event_type: 'a.b' };
    expect(await forward(what, [RULE, other, RULE])).toBe(2);
    await forward(what, [other, RULE]);
    const [first, second, third, fourth] = sent.map(({ id }) => id);
    expect([third, fourth]).toEqual([second, first]);
    expect(first).not.toBe(second);
  });
});
