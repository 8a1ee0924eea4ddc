import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AttemptCounts1763720000200 implements MigrationInterface {
  name = 'AttemptCounts1763720000200';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE webhooks.attempt_counts (
        minute timestamptz(3) NOT NULL,
        webhook_id uuid NOT NULL,
        succeeded integer NOT NULL,
        failed integer NOT NULL,
        CONSTRAINT attempt_counts_pk PRIMARY KEY (minute, webhook_id)
      ) WITH (fillfactor = 50);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE webhooks.attempt_counts');
  }
}
