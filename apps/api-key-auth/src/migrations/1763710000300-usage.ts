import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Usage1763710000300 implements MigrationInterface {
  name = 'Usage1763710000300';

  /** The partitions of `usage_logs` are made by the service, day by day. */
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE auth.usage_batches (
        id uuid CONSTRAINT usage_batches_pk PRIMARY KEY,
        first_at timestamptz(3) NOT NULL,
        last_at timestamptz(3) NOT NULL,
        received_at timestamptz(3) NOT NULL DEFAULT now(),
        rolled_up boolean NOT NULL
      );
      CREATE INDEX usage_batches_waiting ON auth.usage_batches (received_at) WHERE NOT rolled_up;
      CREATE INDEX usage_batches_age ON auth.usage_batches (received_at);

      CREATE TABLE auth.usage_logs (
        id uuid NOT NULL DEFAULT uuidv7(),
        batch_id uuid NOT NULL,
        time timestamptz(3) NOT NULL,
        request_id text NOT NULL,
        method text NOT NULL,
        endpoint text NOT NULL,
        surface text NOT NULL,
        status smallint NOT NULL,
        duration_us integer NOT NULL,
        bytes_in bigint NOT NULL,
        bytes_out bigint NOT NULL,
        caller_kind text,
        caller_id text,
        caller_name text,
        project_id text,
        error_code text,
        address text NOT NULL,
        CONSTRAINT usage_logs_pk PRIMARY KEY (time, id)
      ) PARTITION BY RANGE (time);
      CREATE INDEX usage_logs_caller ON auth.usage_logs (caller_id, time) WHERE caller_id IS NOT NULL;

      CREATE TABLE auth.usage_rollups (
        grain text NOT NULL CONSTRAINT usage_rollups_grain_known CHECK (grain IN ('minute', 'hour', 'day')),
        bucket timestamptz(3) NOT NULL,
        endpoint text NOT NULL,
        method text NOT NULL,
        surface text NOT NULL,
        status smallint NOT NULL,
        caller_kind text NOT NULL,
        caller_id text NOT NULL,
        project_id text NOT NULL,
        requests bigint NOT NULL,
        duration_us bigint NOT NULL,
        bytes_in bigint NOT NULL,
        bytes_out bigint NOT NULL,
        latency jsonb NOT NULL,
        CONSTRAINT usage_rollups_pk
          PRIMARY KEY (grain, bucket, endpoint, method, surface, status, caller_kind, caller_id, project_id)
      ) WITH (fillfactor = 70);

      CREATE TABLE auth.usage_callers (
        kind text NOT NULL,
        id text NOT NULL,
        name text NOT NULL,
        CONSTRAINT usage_callers_pk PRIMARY KEY (kind, id)
      );

      CREATE TABLE auth.usage_reports (
        id uuid CONSTRAINT usage_reports_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT usage_reports_name_unique UNIQUE,
        description text,
        group_by text[] NOT NULL,
        filter jsonb NOT NULL,
        granularity text NOT NULL,
        days integer NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE FUNCTION auth.usage_merge_latency(a jsonb, b jsonb) RETURNS jsonb
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $merge$
        SELECT jsonb_object_agg(step, n) FROM (
          SELECT key AS step, sum(value::bigint) AS n
            FROM (SELECT * FROM jsonb_each_text(a) UNION ALL SELECT * FROM jsonb_each_text(b)) both_of
           GROUP BY key) merged
      $merge$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION auth.usage_merge_latency(jsonb, jsonb);
      DROP TABLE auth.usage_reports, auth.usage_callers, auth.usage_rollups, auth.usage_logs, auth.usage_batches;
    `);
  }
}
