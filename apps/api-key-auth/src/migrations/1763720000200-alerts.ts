import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Alerts1763720000200 implements MigrationInterface {
  name = 'Alerts1763720000200';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE auth.alerts (
        id uuid CONSTRAINT alerts_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT alerts_name_unique UNIQUE,
        metric text NOT NULL,
        operator text NOT NULL,
        threshold double precision NOT NULL,
        window_minutes integer NOT NULL,
        percentile integer,
        filter jsonb NOT NULL,
        is_active boolean NOT NULL,
        state text NOT NULL DEFAULT 'ok',
        since timestamptz(3),
        last_value double precision,
        last_evaluated_at timestamptz(3),
        due_at timestamptz(3) NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT alerts_state_known CHECK (state IN ('ok', 'firing'))
      );

      CREATE TABLE auth.alert_changes (
        id uuid CONSTRAINT alert_changes_pk PRIMARY KEY DEFAULT uuidv7(),
        alert_id uuid NOT NULL,
        state text NOT NULL,
        reason text NOT NULL,
        value double precision,
        rule jsonb NOT NULL,
        firing_since timestamptz(3) NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT now(),
        told boolean NOT NULL DEFAULT false
      );
      CREATE INDEX alert_changes_alert ON auth.alert_changes (alert_id, at, id);
      CREATE INDEX alert_changes_age ON auth.alert_changes (at);
      CREATE INDEX alert_changes_untold ON auth.alert_changes (alert_id, at, id) WHERE NOT told;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE auth.alert_changes, auth.alerts');
  }
}
