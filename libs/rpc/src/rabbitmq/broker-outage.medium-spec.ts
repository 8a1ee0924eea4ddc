import { notice } from '@signalbox/contracts';
import { describeWith, startRabbit, testLog, until, type KillableServer } from '@signalbox/testing';
import { act, ask, serve, transportOptions } from '../test-service-for-spec';
import { RabbitmqTransport } from './rabbitmq-transport';

jest.setTimeout(90_000);

const toOneOfEach = notice<unknown>('test.to-one-of-each', 'one-of-each');

describeWith('own-rabbitmq', 'a broker that is killed', () => {
  let rabbit: KillableServer;
  beforeAll(async () => {
    rabbit = await startRabbit();
  });
  afterAll(() => rabbit.stop());

  it('under calls leaves none unsettled; when it is back they succeed again, in the same processes', async () => {
    const log = testLog();
    const open = () => RabbitmqTransport.open(rabbit.url, transportOptions(), log);
    const [caller, callee] = await Promise.all([open(), open()]);
    const echo = (input: unknown) => Promise.resolve(input);
    const stop = await serve(callee, { ask: echo, act: echo });
    const heard: unknown[] = [];
    await callee.noticesOf('webhook-dispatcher').listen(toOneOfEach, (payload) => void heard.push(payload));

    let running = true;
    const outcomes: Record<string, number> = {};
    const callOnAndOn = async (operation: typeof ask) => {
      while (running) {
        const outcome = await caller.client.call(operation, 'x', { deadlineMs: 3_000 }).then(
          () => 'ok',
          (error: unknown) => (error as { code: string }).code,
        );
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        if (outcome !== 'ok') await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const callers = Array.from({ length: 16 }, (_, n) => callOnAndOn(n % 2 === 0 ? ask : act));
    await until('calls succeed', 5_000, () => (outcomes.ok ?? 0) > 100);
    await rabbit.kill();
    await until('calls fail', 10_000, () => (outcomes.SERVICE_UNAVAILABLE ?? 0) > 16);
    await rabbit.restart();
    await until('both links are up', 20_000, () => caller.connected() && callee.connected());
    const before = outcomes.ok ?? 0;
    await until('calls succeed again', 20_000, () => (outcomes.ok ?? 0) > before + 100);
    caller.notices.tell(toOneOfEach, 'told');
    await until('notices are heard again', 10_000, () => heard.includes('told'));
    running = false;
    await Promise.all(callers);
    expect(Object.keys(outcomes).sort()).toEqual(
      ['DEADLINE_EXCEEDED', 'SERVICE_UNAVAILABLE', 'ok'].filter((outcome) => outcome in outcomes),
    );
    await stop();
    await Promise.all([caller.close(1_000), callee.close(1_000)]);
  });
});
