import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Endpoints that providers send to, and what they sent. */
export class Inbound1763730000200 implements MigrationInterface {
  name = 'Inbound1763730000200';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE integrations.inbound_endpoints (
        id uuid CONSTRAINT inbound_endpoints_pk PRIMARY KEY,
        integration_id uuid NOT NULL
          CONSTRAINT inbound_endpoints_integration REFERENCES integrations.integrations (id) ON DELETE CASCADE,
        name text NOT NULL,
        description text,
        path text NOT NULL CONSTRAINT inbound_endpoints_path UNIQUE,
        secret text NOT NULL,
        previous_secret text,
        previous_until timestamptz(3),
        is_active boolean NOT NULL,
        verify_signature boolean NOT NULL,
        signature_header text NOT NULL,
        allowed_ips text[] NOT NULL,
        rate_limit integer,
        rules jsonb NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX inbound_endpoints_of ON integrations.inbound_endpoints (integration_id, id);

      CREATE TABLE integrations.inbound_events (
        id uuid CONSTRAINT inbound_events_pk PRIMARY KEY,
        endpoint_id uuid NOT NULL,
        delivery_id text,
        provider text NOT NULL,
        event_type text NOT NULL,
        event text NOT NULL,
        action text,
        parts integer NOT NULL,
        method text NOT NULL,
        url text NOT NULL,
        headers json NOT NULL,
        body bytea NOT NULL,
        status text NOT NULL,
        reason text,
        attempts integer NOT NULL DEFAULT 0,
        replays integer NOT NULL DEFAULT 0,
        claimed_by uuid,
        next_attempt_at timestamptz(3),
        received_at timestamptz(3) NOT NULL,
        processed_at timestamptz(3)
      );
      CREATE UNIQUE INDEX inbound_events_delivery ON integrations.inbound_events (endpoint_id, delivery_id)
        WHERE delivery_id IS NOT NULL;
      CREATE INDEX inbound_events_of ON integrations.inbound_events (endpoint_id, id);
      CREATE INDEX inbound_events_failed ON integrations.inbound_events (endpoint_id, id) WHERE status = 'failed';
      CREATE INDEX inbound_events_due ON integrations.inbound_events (next_attempt_at) WHERE status = 'pending';

      CREATE TABLE integrations.inbound_totals (
        status text CONSTRAINT inbound_totals_pk PRIMARY KEY,
        events bigint NOT NULL DEFAULT 0
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE integrations.inbound_totals;
      DROP TABLE integrations.inbound_events;
      DROP TABLE integrations.inbound_endpoints;
    `);
  }
}
