import { createUuidV7Function } from '@signalbox/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Spine1763700000000 implements MigrationInterface {
  name = 'Spine1763700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(createUuidV7Function('webhooks'));
    await queryRunner.query(`
      CREATE TABLE webhooks.webhooks (
        id uuid CONSTRAINT webhooks_pk PRIMARY KEY,
        project_id text,
        name text NOT NULL,
        description text,
        url text NOT NULL,
        events text[] NOT NULL,
        headers text NOT NULL,
        secret text NOT NULL,
        is_active boolean NOT NULL,
        disabled_reason text,
        max_retries integer NOT NULL,
        retry_delay integer NOT NULL,
        on_client_error text NOT NULL,
        timeout_seconds integer NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX webhooks_project ON webhooks.webhooks (project_id, id);
      CREATE INDEX webhooks_events ON webhooks.webhooks USING gin (events) WHERE is_active;

      CREATE TABLE webhooks.webhook_stats (
        webhook_id uuid CONSTRAINT webhook_stats_pk PRIMARY KEY,
        success_count bigint NOT NULL DEFAULT 0,
        failure_count bigint NOT NULL DEFAULT 0,
        last_triggered_at timestamptz(3)
      ) WITH (fillfactor = 50);

      CREATE TABLE webhooks.event_types (
        name text CONSTRAINT event_types_pk PRIMARY KEY,
        description text NOT NULL,
        schema jsonb,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE webhooks.events (
        id uuid CONSTRAINT events_pk PRIMARY KEY,
        type text NOT NULL,
        project_id text,
        body text NOT NULL,
        deliveries integer NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE webhooks.deliveries (
        id uuid CONSTRAINT deliveries_pk PRIMARY KEY,
        webhook_id uuid NOT NULL,
        event_id uuid NOT NULL,
        event_type text NOT NULL,
        status text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        round_start integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz(3),
        claimed_by uuid,
        status_code integer,
        duration_ms integer,
        error text,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      ) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
      CREATE INDEX deliveries_webhook ON webhooks.deliveries (webhook_id, id);
      CREATE INDEX deliveries_due ON webhooks.deliveries (webhook_id, next_attempt_at)
        WHERE status = 'pending' AND claimed_by IS NULL;
      CREATE INDEX deliveries_claimed ON webhooks.deliveries (claimed_by) WHERE claimed_by IS NOT NULL;

      CREATE TABLE webhooks.attempts (
        delivery_id uuid NOT NULL,
        id uuid NOT NULL,
        number integer NOT NULL,
        started_at timestamptz(3) NOT NULL,
        duration_ms integer NOT NULL,
        request_url text NOT NULL,
        request_headers json NOT NULL,
        status_code integer,
        response_headers json NOT NULL,
        response_body text,
        response_truncated boolean NOT NULL,
        error text,
        CONSTRAINT attempts_pk PRIMARY KEY (delivery_id, id)
      );

      CREATE TABLE webhooks.dispatchers (
        id uuid CONSTRAINT dispatchers_pk PRIMARY KEY,
        seen_at timestamptz(3) NOT NULL DEFAULT now()
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE webhooks.dispatchers, webhooks.attempts, webhooks.deliveries, webhooks.events,
        webhooks.event_types, webhooks.webhook_stats, webhooks.webhooks;
      DROP FUNCTION webhooks.uuidv7();
    `);
  }
}
