import { describeWith, testLog, testRabbit, type SharedPlace } from '@signalbox/testing';
import { RabbitmqTransport } from './rabbitmq/rabbitmq-transport';
import { transportOptions } from './test-service-for-spec';
import { transportContract } from './transport.contract-for-spec';

jest.setTimeout(90_000);

describeWith('rabbitmq', 'over RabbitMQ', () => {
  let rabbit: SharedPlace;
  beforeAll(async () => {
    rabbit = await testRabbit();
  });
  afterAll(() => rabbit.release());

  transportContract(async (given) => {
    const log = testLog();
    const options = transportOptions(given);
    const [caller, callee] = await Promise.all([
      RabbitmqTransport.open(rabbit.url, options, log),
      RabbitmqTransport.open(rabbit.url, options, log),
    ]);
    return { caller, callee, log };
  });
});
