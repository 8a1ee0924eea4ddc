import { CONNECTORS, outboundEventType } from '@signalbox/connectors';
import { INBOUND_FAMILIES, isInboundType } from '@signalbox/contracts';

describe('the families of inbound types', () => {
  it('are the connectors', () => {
    const families = CONNECTORS.map(({ id }) => {
      const type = outboundEventType({ provider: id, event: 'push', action: null });
      return type.slice(0, type.indexOf('.'));
    });
    expect([...INBOUND_FAMILIES]).toEqual(families.sort());
  });

  it.each([
    ['github.push', true],
    ['github.*', true],
    ['github', false],
    ['githubber.push', false],
    ['task.created', false],
    ['*', false],
  ])('%s: %s', (type, expected) => {
    expect(isInboundType(type)).toBe(expected);
  });
});
