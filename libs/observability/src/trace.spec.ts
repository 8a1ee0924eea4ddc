import { continueTrace, newTraceparent, traceIdOf } from './trace';

const FORM = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

describe('trace context', () => {
  it('starts traces that differ', () => {
    const [one, two] = [newTraceparent(), newTraceparent()];
    expect(one).toMatch(FORM);
    expect(traceIdOf(one)).not.toBe(traceIdOf(two));
  });

  it("continues the caller's trace in a span of its own and keeps the sampling decision", () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const child = continueTrace(parent);
    expect(child).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
    expect(child).not.toBe(parent);
    expect(traceIdOf(child)).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  it.each([
    undefined,
    '',
    'nonsense',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    `00-${'a'.repeat(10_000)}`,
  ])('starts a trace instead of %j', (header) => {
    const started = continueTrace(header);
    expect(started).toMatch(FORM);
    expect(traceIdOf(started)).not.toBe('0af7651916cd43dd8448eb211c80319c');
  });
});
