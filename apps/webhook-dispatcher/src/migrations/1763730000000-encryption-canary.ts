import { createEncryptionCanary } from '@signalbox/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EncryptionCanary1763730000000 implements MigrationInterface {
  name = 'EncryptionCanary1763730000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(createEncryptionCanary('webhooks'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE webhooks.encryption_canary');
  }
}
