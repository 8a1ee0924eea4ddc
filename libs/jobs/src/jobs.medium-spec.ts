import { describeWith, type KillableServer, startPostgres, startRedis, testConfig } from '@signalbox/testing';
import { jobsContract } from './jobs-contract-for-spec';

describe('jobs on PostgreSQL', () => {
  let server: KillableServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  jobsContract(
    () => testConfig({ DATABASE_URL: server.url }),
    async () => {
      await server.kill();
      return () => server.restart();
    },
  );
});

describeWith('own-redis', 'jobs on Redis', () => {
  let server: KillableServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  jobsContract(
    () => testConfig({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', REDIS_URL: server.url }),
    async () => {
      await server.kill();
      return () => server.restart();
    },
  );
});
