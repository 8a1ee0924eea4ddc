import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is to be published about integrations, until it is. */
export class EventOutbox1763730000400 implements MigrationInterface {
  name = 'EventOutbox1763730000400';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE integrations.event_outbox (
        id uuid CONSTRAINT event_outbox_pk PRIMARY KEY,
        event_type text NOT NULL,
        project_id text,
        data json NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE integrations.event_outbox`);
  }
}
