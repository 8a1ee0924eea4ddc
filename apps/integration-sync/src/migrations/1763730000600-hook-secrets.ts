import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Some providers take no other secret for a hook that is there: it must be known that there is another. */
export class HookSecrets1763730000600 implements MigrationInterface {
  name = 'HookSecrets1763730000600';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE integrations.provider_hooks ADD COLUMN secret_changed boolean NOT NULL DEFAULT false',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE integrations.provider_hooks DROP COLUMN secret_changed');
  }
}
