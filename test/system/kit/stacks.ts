import { describeWith } from '@signalbox/testing';
import { startEmbedded } from './embedded-stack';
import { startReal } from './real-stack';
import { type Stack, StackUnderTest } from './stack';

/** The same suite over both stacks. */
export function describeOnBothStacks(name: string, suite: (stack: StackUnderTest<Stack>) => void): void {
  describe(`${name} (embedded)`, () => suite(new StackUnderTest<Stack>(startEmbedded)));
  describeWith(['own-rabbitmq', 'own-redis'], `${name} (real)`, () =>
    suite(new StackUnderTest<Stack>(startReal)),
  );
}
