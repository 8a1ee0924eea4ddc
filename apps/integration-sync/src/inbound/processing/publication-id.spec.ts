import { newId } from '@signalbox/database';
import { publicationId } from './publication-id';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('publicationId', () => {
  const id = newId();

  it('is one for each part, rule and replay, and always the same', () => {
    const all = [0, 1].flatMap((replays) =>
      [0, 1, 2].flatMap((part) => [0, 1].map((rule) => publicationId(id, replays, part, rule))),
    );
    expect(new Set(all).size).toBe(12);
    expect(publicationId(id, 1, 2, 1)).toBe(all.at(-1));
    for (const one of all) expect(one).toMatch(UUID_V7);
  });

  it('is of the time of the delivery', () => {
    expect(publicationId(id, 0, 0, 0).slice(0, 13)).toBe(id.slice(0, 13));
  });
});
