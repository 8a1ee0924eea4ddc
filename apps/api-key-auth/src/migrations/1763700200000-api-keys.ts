import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ApiKeys1763700200000 implements MigrationInterface {
  name = 'ApiKeys1763700200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE auth.api_keys (
        id uuid CONSTRAINT api_keys_pk PRIMARY KEY,
        name text NOT NULL,
        description text,
        key_prefix text NOT NULL,
        scopes text[] NOT NULL,
        project_ids text[],
        allowed_ips text[] NOT NULL,
        rate_limit integer NOT NULL,
        is_active boolean NOT NULL,
        expires_at timestamptz(3),
        last_used_at timestamptz(3),
        rotated_at timestamptz(3),
        revoked_at timestamptz(3),
        expiring_event_id uuid,
        expiring_told boolean NOT NULL DEFAULT false,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ARRAY['read', 'write', 'admin', 'webhook'])
      );
      CREATE INDEX api_keys_age ON auth.api_keys (created_at);
      CREATE INDEX api_keys_expiry ON auth.api_keys (expires_at);

      CREATE TABLE auth.api_key_secrets (
        hash text CONSTRAINT api_key_secrets_pk PRIMARY KEY,
        pepper text NOT NULL,
        key_id uuid NOT NULL CONSTRAINT api_key_secrets_key_fk REFERENCES auth.api_keys (id) ON DELETE CASCADE,
        ends_at timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX api_key_secrets_key ON auth.api_key_secrets (key_id);
      CREATE INDEX api_key_secrets_end ON auth.api_key_secrets (ends_at);
      CREATE INDEX api_key_secrets_pepper ON auth.api_key_secrets (pepper);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE auth.api_key_secrets, auth.api_keys');
  }
}
