import { webhookOperations } from '@signalbox/contracts';
import { startReceiver } from '@signalbox/testing';
import type { QueryRunner } from 'typeorm';
import { TestDeliveries1763720000300 } from '../migrations/1763720000300-test-deliveries';
import { startDispatcher } from './dispatcher-for-spec';

describe('marking the test deliveries there are', () => {
  it('knows failed ones by their body, and can be taken back', async () => {
    const hub = await startDispatcher();
    const target = await startReceiver({ respond: () => 500 });
    try {
      const webhook = await hub.createWebhook({ url: target.url, retry_config: { max_retries: 0 } });
      await hub.publish({ metadata: { source: 'test' } });
      const test = await hub.call(webhookOperations.test, { id: webhook.id });
      await hub.settled();
      const migration = new TestDeliveries1763720000300();
      const runner = { query: (sql: string) => hub.database.query(sql) } as unknown as QueryRunner;
      await migration.down(runner);
      await migration.up(runner);
      const { rows } = await hub.database.query('SELECT id FROM deliveries WHERE is_test');
      expect(rows).toEqual([{ id: test.delivery_id }]);
    } finally {
      await target.close();
      await hub.stop();
      await hub.drop();
    }
  });
});
