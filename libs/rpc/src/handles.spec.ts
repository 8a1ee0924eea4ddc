import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions } from '@nestjs/microservices';
import { operation, type CallContext } from '@signalbox/contracts';
import { testLog } from '@signalbox/testing';
import { Handles } from './handles';
import { InProcessTransport } from './in-process/in-process-transport';
import { transportOptions } from './test-service-for-spec';

const double = operation<{ n: number }, { twice: number }>('webhook-dispatcher', 'test.double', 'query');
const foreign = operation<null, null>('api-key-auth', 'test.foreign', 'query');

/*
 * What must compile, and what must not: the type check fails when a line below an expectation compiles. The class is never used.
 */
export class TypesOfHandlers {
  @Handles(double)
  whole({ n }: { n: number }, context: CallContext): Promise<{ twice: number }> {
    return Promise.resolve({ twice: context.deadline * n });
  }

  @Handles(double)
  async withoutContext({ n }: { n: number }) {
    return Promise.resolve({ twice: n });
  }

  @Handles(double)
  generous(_input: { n: number | string }): Promise<{ twice: number; more: string }> {
    return Promise.resolve({ twice: 1, more: '' });
  }

  // @ts-expect-error the input is of another type
  @Handles(double)
  wrongInput(_input: { n: string }): Promise<{ twice: number }> {
    return Promise.resolve({ twice: 1 });
  }

  // @ts-expect-error the input asks for more than the caller sends
  @Handles(double)
  greedy(_input: { n: number; m: number }): Promise<{ twice: number }> {
    return Promise.resolve({ twice: 1 });
  }

  // @ts-expect-error the output is of another type
  @Handles(double)
  wrongOutput(_input: { n: number }): Promise<{ twice: string }> {
    return Promise.resolve({ twice: '2' });
  }

  // @ts-expect-error the answer is no promise
  @Handles(double)
  atOnce({ n }: { n: number }): { twice: number } {
    return { twice: n };
  }

  // @ts-expect-error the second argument is the context
  @Handles(double)
  wrongContext({ n }: { n: number }, _more: string): Promise<{ twice: number }> {
    return Promise.resolve({ twice: n });
  }
}

describe('@Handles', () => {
  async function start(controller: new () => object): Promise<InProcessTransport> {
    class TestModule {}
    Module({ controllers: [controller] })(TestModule);
    const transport = new InProcessTransport(transportOptions(), testLog());
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(TestModule, {
      strategy: transport.server('webhook-dispatcher'),
      logger: false,
    });
    await app.listen();
    return transport;
  }

  it('lets Nest find the handler of an operation', async () => {
    @Controller()
    class Doubler {
      @Handles(double)
      double({ n }: { n: number }): Promise<{ twice: number }> {
        return Promise.resolve({ twice: 2 * n });
      }
    }
    const transport = await start(Doubler);
    await expect(transport.client.call(double, { n: 21 })).resolves.toEqual({ twice: 42 });
  });

  it('stops the start where a service handles what belongs to another', async () => {
    @Controller()
    class Thief {
      @Handles(foreign)
      foreign(): Promise<null> {
        return Promise.resolve(null);
      }
    }
    await expect(start(Thief)).rejects.toThrow('test.foreign belongs to api-key-auth');
  });

  it('stops the start where an operation has two handlers', async () => {
    @Controller()
    class Twins {
      @Handles(double)
      one(): Promise<{ twice: number }> {
        return Promise.resolve({ twice: 1 });
      }

      @Handles(double)
      other(): Promise<{ twice: number }> {
        return Promise.resolve({ twice: 2 });
      }
    }
    await expect(start(Twins)).rejects.toThrow('test.double has two handlers');
  });

  it('is the only way to handle messages', async () => {
    @Controller()
    class Bare {
      @MessagePattern('test.bare')
      bare(): null {
        return null;
      }
    }
    await expect(start(Bare)).rejects.toThrow('The handler of test.bare lacks @Handles');
  });
});
