import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AuditOutbox1763720000100 implements MigrationInterface {
  name = 'AuditOutbox1763720000100';

  /** Entries of the audit log on their way to the service that keeps it. */
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE webhooks.audit_outbox (
        id uuid CONSTRAINT audit_outbox_pk PRIMARY KEY,
        entry json NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE webhooks.audit_outbox');
  }
}
