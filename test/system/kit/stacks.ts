import { describeWith } from '@signalbox/testing';
import { type EmbeddedStack, startEmbedded } from './embedded-stack';
import { type RealStack, startReal } from './real-stack';
import { type Stack, StackUnderTest } from './stack';

/** What is tested on one of them alone, after the rest: starting another would take longer than the tests. */
export interface OnOneStack {
  readonly embedded?: (stack: StackUnderTest<EmbeddedStack>) => void;
  readonly real?: (stack: StackUnderTest<RealStack>) => void;
}

/** The same suite over both stacks. */
export function describeOnBothStacks(
  name: string,
  suite: (stack: StackUnderTest<Stack>) => void,
  { embedded, real }: OnOneStack = {},
): void {
  describe(`${name} (embedded)`, () => {
    const stack = new StackUnderTest(startEmbedded);
    suite(stack);
    embedded?.(stack);
  });
  describeWith(['own-rabbitmq', 'own-redis'], `${name} (real)`, () => {
    const stack = new StackUnderTest(startReal);
    suite(stack);
    real?.(stack);
  });
}
