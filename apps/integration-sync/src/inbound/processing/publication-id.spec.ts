import type { InboundRule } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { publicationId, ruleKey } from './publication-id';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('publicationId', () => {
  const id = newId();

  it('is one for each part, rule and replay, and always the same', () => {
    const all = [0, 1].flatMap((replays) =>
      [0, 1, 2].flatMap((part) => ['one', 'other'].map((rule) => publicationId(id, replays, part, rule))),
    );
    expect(new Set(all).size).toBe(12);
    expect(publicationId(id, 1, 2, 'other')).toBe(all.at(-1));
    for (const one of all) expect(one).toMatch(UUID_V7);
  });

  it('is of the time of the delivery', () => {
    expect(publicationId(id, 0, 0, 'one').slice(0, 13)).toBe(id.slice(0, 13));
  });
});

describe('ruleKey', () => {
  const rule: InboundRule = {
    events: ['github.push', 'github.release.*'],
    to: 'webhooks',
    event_type: null,
    format: 'normalized',
    include_payload: false,
  };

  it('tells apart what rules say, and nothing else', () => {
    const others: InboundRule[] = [
      { ...rule, events: ['github.push'] },
      { ...rule, event_type: 'task.updated' },
      { ...rule, format: 'cloudevents' },
      { ...rule, include_payload: true },
    ];
    expect(new Set([rule, ...others].map(ruleKey)).size).toBe(5);
    expect(ruleKey({ ...rule, events: [...rule.events].reverse() })).toBe(ruleKey(rule));
  });
});
