import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Audit1763720000100 implements MigrationInterface {
  name = 'Audit1763720000100';

  /**
   * Entries come without a place in the chain and are given one afterwards, once; nothing else about them ever changes. What is
   * deleted lies below the floor, which only the retention moves.
   */
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE auth.audit_entries (
        id uuid CONSTRAINT audit_entries_pk PRIMARY KEY,
        time timestamptz(3) NOT NULL,
        action text NOT NULL,
        outcome text NOT NULL CONSTRAINT audit_entries_outcome_known CHECK (outcome IN ('done', 'refused')),
        reason text,
        actor_kind text,
        actor_id text,
        actor_name text,
        resource_type text,
        resource_id text,
        before json,
        after json,
        address text,
        agent text,
        surface text,
        request_id text,
        seq bigint,
        hash bytea,
        CONSTRAINT audit_entries_seq_unique UNIQUE (seq),
        CONSTRAINT audit_entries_chained CHECK ((seq IS NULL) = (hash IS NULL))
      );
      CREATE INDEX audit_entries_time ON auth.audit_entries (time, id);
      CREATE INDEX audit_entries_actor ON auth.audit_entries (actor_id, time) WHERE actor_id IS NOT NULL;
      CREATE INDEX audit_entries_resource ON auth.audit_entries (resource_id, time) WHERE resource_id IS NOT NULL;
      CREATE INDEX audit_entries_request ON auth.audit_entries (request_id) WHERE request_id IS NOT NULL;
      CREATE INDEX audit_entries_waiting ON auth.audit_entries (id) WHERE seq IS NULL;

      CREATE TABLE auth.audit_chain (
        id boolean CONSTRAINT audit_chain_pk PRIMARY KEY DEFAULT true CONSTRAINT audit_chain_one CHECK (id),
        head_seq bigint NOT NULL,
        head_hash bytea NOT NULL,
        floor_seq bigint NOT NULL,
        floor_hash bytea NOT NULL,
        mac bytea NOT NULL
      );

      CREATE FUNCTION auth.audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          IF NEW.seq IS NULL THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'UPDATE' THEN
          IF OLD.seq IS NULL AND NEW.seq IS NOT NULL
             AND to_jsonb(NEW) - '{seq,hash}'::text[] = to_jsonb(OLD) - '{seq,hash}'::text[] THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'DELETE' THEN
          IF OLD.seq <= (SELECT floor_seq FROM auth.audit_chain) THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
      END
      $guard$;
      CREATE TRIGGER audit_entries_append_only BEFORE INSERT OR UPDATE OR DELETE ON auth.audit_entries
        FOR EACH ROW EXECUTE FUNCTION auth.audit_append_only();
      CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON auth.audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION auth.audit_append_only();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE auth.audit_entries, auth.audit_chain;
      DROP FUNCTION auth.audit_append_only();
    `);
  }
}
