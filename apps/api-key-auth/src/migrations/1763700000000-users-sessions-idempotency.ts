import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UsersSessionsIdempotency1763700000000 implements MigrationInterface {
  name = 'UsersSessionsIdempotency1763700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE auth.users (
        id uuid CONSTRAINT users_pk PRIMARY KEY,
        username text NOT NULL,
        username_key text NOT NULL CONSTRAINT users_username_unique UNIQUE,
        email text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL
          CONSTRAINT users_role_known CHECK (role IN ('admin', 'integration_manager', 'member', 'viewer')),
        first_name text NOT NULL,
        last_name text NOT NULL,
        is_active boolean NOT NULL,
        projects text[],
        date_joined timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE auth.sessions (
        id uuid CONSTRAINT sessions_pk PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT sessions_user_fk REFERENCES auth.users (id) ON DELETE CASCADE,
        token_id uuid NOT NULL,
        spent_token_id uuid,
        spent_by text,
        issued_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX sessions_user ON auth.sessions (user_id);
      CREATE INDEX sessions_expiry ON auth.sessions (expires_at);

      CREATE TABLE auth.idempotency_records (
        id uuid CONSTRAINT idempotency_records_pk PRIMARY KEY,
        scope text NOT NULL,
        key text NOT NULL,
        digest text NOT NULL,
        holder uuid NOT NULL,
        claimed_at timestamptz(3) NOT NULL,
        status smallint,
        headers jsonb,
        body text,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT idempotency_records_key_unique UNIQUE (scope, key),
        CONSTRAINT idempotency_records_response_whole
          CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL))
      );
      CREATE INDEX idempotency_records_age ON auth.idempotency_records (created_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE auth.idempotency_records, auth.sessions, auth.users');
  }
}
