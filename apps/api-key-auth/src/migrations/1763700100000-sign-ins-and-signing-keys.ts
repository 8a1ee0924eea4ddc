import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SignInsAndSigningKeys1763700100000 implements MigrationInterface {
  name = 'SignInsAndSigningKeys1763700100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE auth.sign_in_failures (
        key text CONSTRAINT sign_in_failures_pk PRIMARY KEY,
        failures double precision NOT NULL,
        last_at timestamptz(3) NOT NULL,
        wait_until timestamptz(3) NOT NULL
      );
      CREATE INDEX sign_in_failures_age ON auth.sign_in_failures (last_at);

      CREATE TABLE auth.signing_keys (
        id text CONSTRAINT signing_keys_pk PRIMARY KEY,
        algorithm text NOT NULL CONSTRAINT signing_keys_algorithm_known CHECK (algorithm IN ('HS256', 'ES256')),
        sealed text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE auth.signing_keys, auth.sign_in_failures');
  }
}
