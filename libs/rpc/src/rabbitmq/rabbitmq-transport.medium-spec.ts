import { notice } from '@signalbox/contracts';
import { describeWith, testLog, testRabbit, until, type SharedPlace, Wire } from '@signalbox/testing';
import { connect, type ChannelModel } from 'amqplib';
import { Bench, failureOf, measured } from '../contract/bench-for-spec';
import { act, ask, transportOptions, type TransportOptions } from '../test-service-for-spec';
import { block, unblock } from './memory-alarm-for-spec';
import { serviceQueue } from './names';
import { RabbitmqTransport } from './rabbitmq-transport';

jest.setTimeout(90_000);

/** Long enough that a test which waits for it fails. */
const LONG = { deadlineMs: 300_000 };
const QUEUE = serviceQueue('webhook-dispatcher');
const toEveryone = notice<unknown>('test.to-everyone', 'everyone');
const toOneOfEach = notice<unknown>('test.to-one-of-each', 'one-of-each');

describeWith('rabbitmq', 'RabbitmqTransport', () => {
  let rabbit: SharedPlace;
  let admin: ChannelModel;
  const ends: (() => Promise<unknown>)[] = [];
  const log = testLog();
  const bench = new Bench(() => Promise.reject(new Error('These suites open their own')));

  beforeAll(async () => {
    rabbit = await testRabbit();
    admin = await connect(rabbit.url);
  });
  afterAll(async () => {
    await admin.close();
    await rabbit.release();
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    const channel = await admin.createChannel();
    await channel.deleteQueue(QUEUE);
    await channel.close();
  });

  /** A process with a connection of its own. */
  async function processOn(url = rabbit.url, options: Partial<TransportOptions> = {}) {
    const transport = await RabbitmqTransport.open(url, transportOptions(options), log, 5_000);
    ends.unshift(() => transport.close(100));
    return transport;
  }

  async function wire(parameters: Readonly<Record<string, string>> = {}) {
    const opened = await Wire.to(rabbit.url, parameters);
    ends.push(() => opened.close());
    return opened;
  }

  it('never runs a request late that its caller has abandoned', async () => {
    const run: unknown[] = [];
    const note = (input: unknown) => Promise.resolve(run.push(input));
    const first = await processOn();
    const stop = await bench.serve(first, { act: note });
    const caller = await processOn();
    await caller.client.call(act, 'before');
    await stop();
    const error = await failureOf(caller.client.call(act, 'abandoned', { deadlineMs: 200 }));
    expect(error.code).toBe('DEADLINE_EXCEEDED');
    const channel = await admin.createChannel();
    await until('the broker has dropped it', 5_000, async () => {
      const { messageCount, consumerCount } = await channel.checkQueue(QUEUE);
      return messageCount + consumerCount === 0;
    });
    await channel.close();
    await bench.serve(await processOn(), { act: note });
    await caller.client.call(act, 'after');
    expect(run).toEqual(['before', 'after']);
  });

  it('waits with a request for a service that is restarted', async () => {
    const stop = await bench.serve(await processOn(), { ask: () => Promise.resolve(1) });
    const caller = await processOn();
    await stop();
    const call = caller.client.call(ask, {}, LONG);
    await bench.serve(await processOn(), { ask: () => Promise.resolve(2) });
    await expect(call).resolves.toBe(2);
  });

  it('does not start a request after its deadline, even where the broker has not dropped it', async () => {
    let runs = 0;
    await bench.serve(await processOn(), { act: () => Promise.resolve(++runs) });
    const channel = await admin.createChannel();
    const { queue: replyTo } = await channel.assertQueue('', { exclusive: true });
    const replies: unknown[] = [];
    await channel.consume(replyTo, (message) => replies.push(JSON.parse(String(message?.content))), {
      noAck: true,
    });
    const context = { requestId: 'r', traceparent: 't', principal: {}, deadline: Date.now() - 1 };
    for (const body of [JSON.stringify({ context, input: 1 }), '{"input":1}', 'not JSON']) {
      channel.sendToQueue(QUEUE, Buffer.from(body), { type: act.name, replyTo, correlationId: '1' });
    }
    await until('all are answered', 5_000, () => replies.length === 3);
    expect(replies).toEqual([
      { error: { code: 'DEADLINE_EXCEEDED' } },
      { error: { code: 'INTERNAL' } },
      { error: { code: 'INTERNAL' } },
    ]);
    expect(runs).toBe(0);
    await channel.close();
  });

  describe('when the process that runs a request dies', () => {
    async function dies(operation: typeof ask) {
      const wireOfFirst = await wire();
      const { released } = bench.gate();
      let started = 0;
      const hang = () => {
        started += 1;
        return released;
      };
      const caller = await processOn();
      await bench.serve(await processOn(wireOfFirst.url), { ask: hang, act: hang });
      const call = caller.client.call(operation, {}, LONG);
      await until('it runs', 5_000, () => started === 1);
      let again = 0;
      const answer = () => Promise.resolve(++again);
      await bench.serve(await processOn(), { ask: answer, act: answer });
      wireOfFirst.cut();
      return { call, again: () => again };
    }

    it('another runs it again if it is a query', async () => {
      const { call } = await dies(ask);
      await expect(call).resolves.toBe(1);
    });

    it('nobody runs it again if it is a command: SERVICE_UNAVAILABLE', async () => {
      const { call, again } = await dies(act);
      expect((await failureOf(call)).code).toBe('SERVICE_UNAVAILABLE');
      expect(again()).toBe(0);
    });
  });

  it('serves again by itself when its link comes back', async () => {
    const broken = await wire();
    const caller = await processOn();
    const service = await processOn(broken.url);
    await bench.serve(service, { ask: (input) => Promise.resolve(input) });
    await expect(caller.client.call(ask, 1)).resolves.toBe(1);
    broken.cut();
    await until('it is down', 5_000, () => !service.connected());
    broken.mend();
    await expect(caller.client.call(ask, 2, LONG)).resolves.toBe(2);
  });

  it('serves again by itself when its queue is deleted under it', async () => {
    const caller = await processOn();
    await bench.serve(await processOn(), { ask: (input) => Promise.resolve(input) });
    const channel = await admin.createChannel();
    await channel.deleteQueue(QUEUE);
    await channel.close();
    const answer = await until('it answers again', 10_000, () =>
      caller.client.call(ask, 'back', { deadlineMs: 1_000 }).catch(() => undefined),
    );
    expect(answer).toBe('back');
  });

  it('starts without the broker, and works when it comes', async () => {
    const broken = await wire();
    broken.cut();
    const options = transportOptions();
    const transport = await RabbitmqTransport.open(broken.url, options, log, 100);
    ends.unshift(() => transport.close(100));
    expect(transport.connected()).toBe(false);
    await bench.serve(transport, { ask: (input) => Promise.resolve(input) });
    const heard: unknown[] = [];
    await transport.notices.listen(toEveryone, (payload) => void heard.push(payload));
    expect((await failureOf(transport.client.call(ask, 1, LONG))).code).toBe('SERVICE_UNAVAILABLE');
    broken.mend();
    await until('it is up', 15_000, () => transport.connected());
    await expect(transport.client.call(ask, 2)).resolves.toBe(2);
    transport.notices.tell(toEveryone, 3);
    await until('the notice is heard', 5_000, () => heard.length > 0);
  });

  describe('when the link of the caller breaks', () => {
    async function broken(options: Partial<TransportOptions> = {}, parameters = {}) {
      const { released } = bench.gate();
      const wireOfCaller = await wire(parameters);
      const caller = await processOn(wireOfCaller.url, options);
      let started = 0;
      const hang = () => {
        started += 1;
        return released;
      };
      await bench.serve(await processOn(), {
        act: hang,
        ask: (input) => (input === 'hang' ? hang() : Promise.resolve(input)),
      });
      return { caller, wireOfCaller, started: () => started };
    }

    it('what was sent is settled at once: a command may have run, a query does no harm again', async () => {
      const { caller, wireOfCaller, started } = await broken();
      const command = failureOf(caller.client.call(act, {}, LONG));
      const query = failureOf(caller.client.call(ask, 'hang', LONG));
      await until('both run', 5_000, () => started() === 2);
      wireOfCaller.cut();
      expect((await command).code).toBe('DEADLINE_EXCEEDED');
      expect((await query).code).toBe('SERVICE_UNAVAILABLE');
    });

    it('a call waits for the link, and is sent when it is back', async () => {
      const { caller, wireOfCaller } = await broken();
      wireOfCaller.cut();
      await until('it is down', 5_000, () => !caller.connected());
      wireOfCaller.mend();
      await expect(caller.client.call(ask, 'patient', LONG)).resolves.toBe('patient');
    });

    it('and stays broken, a call is refused: at its deadline at the latest, long before a late one', async () => {
      const { caller, wireOfCaller } = await broken();
      wireOfCaller.cut();
      await until('it is down', 5_000, () => !caller.connected());
      for (const options of [LONG, { deadlineMs: 50 }]) {
        expect((await failureOf(caller.client.call(act, {}, options))).code).toBe('SERVICE_UNAVAILABLE');
      }
    });

    it('notices are dropped and counted, and listeners hear of the reconnect', async () => {
      const { caller, wireOfCaller } = await broken();
      const heard: unknown[] = [];
      let reconnects = 0;
      caller.notices.onReconnect(() => (reconnects += 1));
      caller.notices.onReconnect(() => {
        throw new Error('not ready');
      });
      await caller.notices.listen(toEveryone, (payload) => void heard.push(payload));
      const dropped = () => measured('signalbox_rpc_notices_dropped_total', { notice: toEveryone.name });
      const before = await dropped();
      expect(reconnects).toBe(0);
      wireOfCaller.cut();
      await until('it is down', 5_000, () => !caller.connected());
      caller.notices.tell(toEveryone, 'lost');
      expect((await dropped()) - before).toBe(1);
      wireOfCaller.mend();
      await until('it is up', 10_000, () => caller.connected());
      expect(reconnects).toBe(1);
      caller.notices.tell(toEveryone, 'told');
      await until('a notice is heard', 5_000, () => heard.length > 0);
      expect(heard).toEqual(['told']);
    });

    it('without a word, calls end at their deadline, nothing piles up, and a new link is made', async () => {
      const { caller, wireOfCaller } = await broken({}, { heartbeat: '1' });
      wireOfCaller.hold();
      expect((await failureOf(caller.client.call(ask, 1, { deadlineMs: 100 }))).code).toBe(
        'DEADLINE_EXCEEDED',
      );
      const bulk = 'x'.repeat(10_000);
      const codes = await Promise.all(
        Array.from(
          { length: 2_000 },
          async () => (await failureOf(caller.client.call(act, bulk, LONG))).code,
        ),
      );
      // What the buffers held may have run; what did not fit in has been refused, not kept.
      expect(new Set(codes)).toEqual(new Set(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED']));
      wireOfCaller.mend();
      await expect(caller.client.call(ask, 2, LONG)).resolves.toBe(2);
    });
  });

  it('refuses calls and drops notices while the broker takes no messages, and goes on when it does', async () => {
    const full = await wire();
    const caller = await processOn(full.url);
    await bench.serve(await processOn(), { ask: (input) => Promise.resolve(input) });
    await caller.client.call(ask, 'before');
    const dropped = () => measured('signalbox_rpc_notices_dropped_total', { notice: toEveryone.name });
    const before = await dropped();
    block(full);
    await until('it knows', 5_000, () => !caller.connected());
    caller.notices.tell(toEveryone, 'lost');
    expect((await dropped()) - before).toBe(1);
    expect((await failureOf(caller.client.call(ask, 'refused', LONG))).code).toBe('SERVICE_UNAVAILABLE');
    const patient = caller.client.call(ask, 'patient', LONG);
    unblock(full);
    await expect(patient).resolves.toBe('patient');
    expect(caller.connected()).toBe(true);
  });

  it('tells one process of an app that has several', async () => {
    const heard: string[] = [];
    for (const name of ['one', 'two']) {
      const transport = await processOn();
      const notices = transport.noticesOf('webhook-dispatcher');
      await notices.listen(toOneOfEach, (n) => void heard.push(`${String(n)} ${name}`));
      await transport.notices.listen(toEveryone, (n) => void heard.push(`${String(n)} ${name}`));
    }
    const teller = await processOn();
    for (const n of [1, 2, 3, 4]) teller.notices.tell(toOneOfEach, n);
    await until('all are heard', 5_000, () => heard.length >= 4);
    teller.notices.tell(toEveryone, 'last');
    await until(
      'the last is heard',
      5_000,
      () => heard.filter((line) => line.startsWith('last')).length === 2,
    );
    expect(
      heard
        .filter((line) => !line.startsWith('last'))
        .map((line) => line[0])
        .sort(),
    ).toEqual(['1', '2', '3', '4']);
  });

  it('says who connects, and keeps the password out of the log', async () => {
    const secret = new URL(rabbit.url);
    secret.password = 'not-the-password-0815';
    const own = testLog();
    const transport = await RabbitmqTransport.open(secret.href, transportOptions(), own, 300);
    ends.unshift(() => transport.close(100));
    expect(transport.connected()).toBe(false);
    expect(own.lines.some((line) => line.msg === 'RabbitMQ cannot be reached')).toBe(true);
    expect(JSON.stringify(own.lines)).not.toContain('0815');
  });
});
