import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { notice } from '@signalbox/contracts';
import { describeWith, testConfig, testLog, testRabbit, until } from '@signalbox/testing';
import { createTransport } from './create-transport';
import { Notices } from './notices';
import { RpcClient } from './rpc-client';
import { RpcModule } from './rpc.module';
import { ask, serve } from './test-service-for-spec';
import type { Transport } from './transport';

jest.setTimeout(90_000);

const toOneOfEach = notice<unknown>('test.to-one-of-each', 'one-of-each');

@Injectable()
class Part {
  constructor(
    @Inject(RpcClient) readonly client: RpcClient,
    @Inject(Notices) readonly notices: Notices,
  ) {}
}

@Module({ providers: [Part], exports: [Part] })
class Inner {}

async function works(transport: Transport): Promise<void> {
  const module = { module: class Outer {}, imports: [RpcModule.forRoot(transport, 'gateway'), Inner] };
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  const part = app.get(Part);
  const stop = await serve(transport, { ask: (input) => Promise.resolve(input) });
  await expect(part.client.call(ask, 'hello')).resolves.toBe('hello');
  const heard: unknown[] = [];
  await part.notices.listen(toOneOfEach, (payload) => void heard.push(payload));
  part.notices.tell(toOneOfEach, 1);
  await until('it is heard', 5_000, () => heard.length === 1);
  expect(transport.connected()).toBe(true);
  await app.close();
  await stop();
  await transport.close(1_000);
  expect(transport.connected()).toBe(false);
}

describe('createTransport', () => {
  it('stays in the process without AMQP_URL', async () => {
    const transport = await createTransport(testConfig(), testLog());
    expect(transport.kind).toBe('in-process');
    await works(transport);
  });

  describeWith('rabbitmq', 'with AMQP_URL', () => {
    it('goes over RabbitMQ', async () => {
      const rabbit = await testRabbit();
      const transport = await createTransport(testConfig({ AMQP_URL: rabbit.url }), testLog());
      expect(transport.kind).toBe('rabbitmq');
      await works(transport);
      await rabbit.release();
    });
  });
});
