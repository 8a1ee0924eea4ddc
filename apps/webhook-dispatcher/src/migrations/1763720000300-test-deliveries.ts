import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TestDeliveries1763720000300 implements MigrationInterface {
  name = 'TestDeliveries1763720000300';

  /** Of those there are, the ones that somebody may ask to be sent again are marked by what their body says. */
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE webhooks.deliveries ADD COLUMN is_test boolean NOT NULL DEFAULT false;
      UPDATE webhooks.deliveries d SET is_test = true
        FROM webhooks.events e
       WHERE d.status = 'failed' AND e.id = d.event_id AND e.body::json -> 'metadata' ->> 'source' = 'test';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE webhooks.deliveries DROP COLUMN is_test');
  }
}
