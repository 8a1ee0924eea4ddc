import { createEncryptionCanary } from '@signalbox/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Integrations1763730000000 implements MigrationInterface {
  name = 'Integrations1763730000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE integrations.integrations (
        id uuid CONSTRAINT integrations_pk PRIMARY KEY,
        project_id text,
        name text NOT NULL,
        description text,
        type text NOT NULL,
        provider text NOT NULL,
        status text NOT NULL,
        environment text NOT NULL,
        version integer NOT NULL DEFAULT 1,
        revision integer NOT NULL DEFAULT 1,
        test_due_at timestamptz(3),
        tested_at timestamptz(3),
        test_connected boolean,
        test_message text,
        test_account jsonb,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX integrations_project ON integrations.integrations (project_id, id);
      CREATE INDEX integrations_type ON integrations.integrations (type, id);
      CREATE INDEX integrations_test_due ON integrations.integrations (test_due_at) WHERE test_due_at IS NOT NULL;

      CREATE TABLE integrations.integration_versions (
        integration_id uuid NOT NULL
          CONSTRAINT integration_versions_integration REFERENCES integrations.integrations (id) ON DELETE CASCADE,
        version integer NOT NULL,
        data_key text NOT NULL,
        configuration text NOT NULL,
        credentials text NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT integration_versions_pk PRIMARY KEY (integration_id, version)
      );

      CREATE TABLE integrations.integration_activities (
        id uuid CONSTRAINT integration_activities_pk PRIMARY KEY,
        integration_id uuid NOT NULL
          CONSTRAINT integration_activities_integration REFERENCES integrations.integrations (id) ON DELETE CASCADE,
        action text NOT NULL,
        actor text NOT NULL,
        details jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX integration_activities_of ON integrations.integration_activities (integration_id, id);

      CREATE TABLE integrations.audit_outbox (
        id uuid CONSTRAINT audit_outbox_pk PRIMARY KEY,
        entry json NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
    `);
    await queryRunner.query(createEncryptionCanary('integrations'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE integrations.audit_outbox;
      DROP TABLE integrations.encryption_canary;
      DROP TABLE integrations.integration_activities;
      DROP TABLE integrations.integration_versions;
      DROP TABLE integrations.integrations;
    `);
  }
}
