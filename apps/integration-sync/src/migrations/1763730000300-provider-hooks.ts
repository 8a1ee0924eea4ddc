import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks that the hub sets up at providers. */
export class ProviderHooks1763730000300 implements MigrationInterface {
  name = 'ProviderHooks1763730000300';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE integrations.provider_hooks (
        id uuid CONSTRAINT provider_hooks_pk PRIMARY KEY,
        endpoint_id uuid NOT NULL,
        integration_id uuid NOT NULL,
        removing boolean NOT NULL,
        events text[] NOT NULL,
        status text NOT NULL,
        hook_id text,
        provider text,
        place text,
        url text,
        settings_version integer,
        data_key text,
        configuration text,
        credentials text,
        revision integer NOT NULL DEFAULT 1,
        attempts integer NOT NULL DEFAULT 0,
        claimed_by uuid,
        due_at timestamptz(3),
        error text,
        updated_at timestamptz(3) NOT NULL
      );
      CREATE UNIQUE INDEX provider_hooks_wanted ON integrations.provider_hooks (endpoint_id) WHERE NOT removing;
      CREATE INDEX provider_hooks_of ON integrations.provider_hooks (integration_id);
      CREATE INDEX provider_hooks_at ON integrations.provider_hooks (url);
      CREATE INDEX provider_hooks_due ON integrations.provider_hooks (due_at) WHERE due_at IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE integrations.provider_hooks');
  }
}
