import { createEncryptionCanary } from '@signalbox/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EncryptionCanary1763730000000 implements MigrationInterface {
  name = 'EncryptionCanary1763730000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(createEncryptionCanary('auth'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE auth.encryption_canary');
  }
}
