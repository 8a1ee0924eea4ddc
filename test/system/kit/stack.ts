import type { AppProcess } from './app-process';
import { HubClient } from './hub-client';

/** A whole hub of compiled processes, embedded or real. */
export interface Stack {
  readonly name: 'embedded' | 'real';
  readonly apps: readonly AppProcess[];
  /** URLs, one for each process that serves HTTP to the outside. */
  readonly gateways: readonly string[];
  /** Ends everything and removes its data. */
  stop(): Promise<void>;
}

const STACK_STARTS_WITHIN_MS = 240_000;

/** The stack of a file of tests: there before its first test, gone after its last. */
export class StackUnderTest<S extends Stack> {
  private started: S | undefined;

  constructor(start: () => Promise<S>) {
    beforeAll(async () => {
      this.started = await start();
    }, STACK_STARTS_WITHIN_MS);
    afterAll(() => this.started?.stop(), STACK_STARTS_WITHIN_MS);
  }

  get now(): S {
    if (!this.started) throw new Error('The stack is there only inside tests');
    return this.started;
  }

  /** Signed in as the administrator, one for each gateway. */
  clients(): Promise<[HubClient, ...HubClient[]]> {
    return Promise.all(this.now.gateways.map((url) => HubClient.signIn(url))) as Promise<
      [HubClient, ...HubClient[]]
    >;
  }

  /** A test that tells, when it fails, what the hub's processes complained of. */
  it(name: string, test: () => Promise<void>, withinMs = 120_000): void {
    it(
      name,
      async () => {
        try {
          await test();
        } catch (error) {
          if (error instanceof Error) {
            error.message += `\n\n${this.now.apps.map((app) => app.complaints()).join('\n')}`;
          }
          throw error;
        }
      },
      withinMs,
    );
  }
}
