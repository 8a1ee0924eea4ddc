import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describeWith } from '../describe-with';
import { testDatabase, testRabbit, testRedis } from '../shared';
import type { KillableServer } from './killable';
import { startRabbit } from './rabbitmq';
import { startRedis } from './redis';

const SLOW = 90_000;

describe('testDatabase', () => {
  it(
    'gives each caller an empty database of its own, and drops it with users inside',
    async () => {
      const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
      const client = new pg.Client({ connectionString: one.url });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('CREATE TABLE mine ()');
      const elsewhere = new pg.Client({ connectionString: other.url });
      await elsewhere.connect();
      await expect(elsewhere.query('SELECT * FROM mine')).rejects.toMatchObject({ code: '42P01' });
      await elsewhere.end();
      await one.drop();
      await other.drop();
      await expect(client.query('SELECT 1')).rejects.toThrow();
    },
    SLOW,
  );
});

describeWith('rabbitmq', 'testRabbit', () => {
  it(
    'gives each caller a virtual host of its own',
    async () => {
      const places = await Promise.all([testRabbit(), testRabbit()]);
      expect(places[0].url).not.toBe(places[1].url);
      for (const { url, release } of places) {
        const connection = await connect(url);
        const channel = await connection.createChannel();
        expect(await channel.assertQueue('same-name', { durable: true })).toMatchObject({ messageCount: 0 });
        channel.sendToQueue('same-name', Buffer.from('x'));
        await channel.deleteQueue('same-name');
        await connection.close();
        await release();
      }
    },
    SLOW,
  );
});

describeWith('redis', 'testRedis', () => {
  it('gives an empty database', async () => {
    const first = await testRedis();
    const client = new Redis(first.url);
    await client.set('left', 'behind');
    await client.quit();
    const second = await testRedis();
    expect(second.url).not.toBe(first.url);
    await first.release();
    await second.release();
  });
});

describeWith(['own-rabbitmq', 'own-redis'], 'private servers', () => {
  const started: KillableServer[] = [];
  afterAll(() => Promise.all(started.map((server) => server.stop())), SLOW);

  it(
    'two RabbitMQs side by side; one is killed and comes back on its port with what was confirmed',
    async () => {
      const [one, other] = await Promise.all([startRabbit(), startRabbit()]);
      started.push(one, other);
      let connection = await connect(one.url);
      connection.on('error', () => undefined);
      const channel = await connection.createConfirmChannel();
      channel.on('error', () => undefined);
      await channel.assertQueue('kept', { durable: true });
      channel.sendToQueue('kept', Buffer.from('message'), { persistent: true });
      await channel.waitForConfirms();
      // RabbitMQ 3's log has a declared queue at once, but not yet that it is committed. The log is in order: a later
      // declaration that is answered leaves nothing of the first one to come.
      await channel.assertQueue('later', { durable: true });

      await one.kill();
      await expect(connect(one.url)).rejects.toThrow();
      await (await connect(other.url)).close();
      await one.restart();

      connection = await connect(one.url);
      const message = await (await connection.createChannel()).get('kept', { noAck: true });
      expect(message && message.content.toString()).toBe('message');
      await connection.close();
    },
    SLOW,
  );

  it(
    'a Redis is killed and comes back on its port with what was written',
    async () => {
      const server = await startRedis();
      started.push(server);
      const client = new Redis(server.url, { maxRetriesPerRequest: null });
      client.on('error', () => undefined);
      await client.set('kept', 'value');
      await server.kill();
      await server.restart();
      expect(await client.get('kept')).toBe('value');
      client.disconnect();
    },
    SLOW,
  );
});
