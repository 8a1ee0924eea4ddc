import { Controller, Inject, Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { operation, operationWithBytes, type CallContext } from '@signalbox/contracts';
import type { testLog } from '@signalbox/testing';
import type { ClientOptions } from './calling-client';
import { Handles } from './handles';
import type { ServerOptions } from './operation-server';
import type { Transport } from './transport';

export type Log = ReturnType<typeof testLog>;
export type TransportOptions = ClientOptions & ServerOptions;
export type Handler = (input: unknown, context: CallContext) => Promise<unknown>;

export interface WithBytes {
  readonly name: string;
  readonly body: Buffer;
}

export interface Handlers {
  readonly ask?: Handler;
  readonly act?: Handler;
  readonly put?: (input: WithBytes) => Promise<unknown>;
}

export const ask = operation<unknown, unknown>('webhook-dispatcher', 'test.ask', 'query', 20_000);
export const act = operation<unknown, unknown>('webhook-dispatcher', 'test.act', 'command', 20_000);
export const put = operationWithBytes(
  operation<WithBytes, unknown>('webhook-dispatcher', 'test.put', 'command', 20_000),
  'body',
);

export function transportOptions(options: Partial<TransportOptions> = {}): TransportOptions {
  return {
    concurrency: 256,
    maxPendingCalls: 10_000,
    maxMessageBytes: 4 * 1024 * 1024,
    drainMs: 5_000,
    ...options,
  };
}

const HANDLERS = 'handlers';
const missing: Handler = () => Promise.reject(new Error('This test does not handle it'));

@Controller()
class TestController {
  constructor(@Inject(HANDLERS) private readonly handlers: Handlers) {}

  @Handles(ask)
  ask(input: unknown, context: CallContext): Promise<unknown> {
    return (this.handlers.ask ?? missing)(input, context);
  }

  @Handles(act)
  act(input: unknown, context: CallContext): Promise<unknown> {
    return (this.handlers.act ?? missing)(input, context);
  }

  @Handles(put)
  put(input: WithBytes, context: CallContext): Promise<unknown> {
    return (this.handlers.put ?? missing)(input, context);
  }
}

@Module({})
class TestModule {
  static with(handlers: Handlers): DynamicModule {
    return {
      module: TestModule,
      controllers: [TestController],
      providers: [{ provide: HANDLERS, useValue: handlers }],
    };
  }
}

/** A Nest microservice with two operations, as the apps are. Resolves, once it serves, to what closes it. */
export async function serve(
  transport: Transport,
  handlers: Handlers,
  prepare: (app: INestMicroservice) => unknown = () => undefined,
): Promise<() => Promise<void>> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(TestModule.with(handlers), {
    strategy: transport.server('webhook-dispatcher'),
    logger: false,
  });
  prepare(app);
  await app.listen();
  let closing: Promise<void> | undefined;
  return () => (closing ??= app.close());
}
