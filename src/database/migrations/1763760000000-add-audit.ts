import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The audit log: each entry's MAC covers the entry's text and the MAC before it, so that a changed, removed
 * or inserted entry shows. `document` is json, not jsonb, because its text must stay as it was written;
 * whatever is searched for is generated from it, so that the two can't differ.
 */
export class AddAudit1763760000000 implements MigrationInterface {
  readonly name = 'AddAudit1763760000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entry, audit_head');
    await runner.query('DROP FUNCTION refuse_change_of_audit');
  }
}

const SEARCHED = ['actor_id', 'action', 'target_id', 'request_id'];

const UP = [
  `CREATE TABLE audit_entry (
    sequence bigint PRIMARY KEY,
    document json NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor_id text GENERATED ALWAYS AS (document #>> '{actor,id}') STORED,
    action text NOT NULL GENERATED ALWAYS AS (document ->> 'action') STORED,
    target_type text GENERATED ALWAYS AS (document #>> '{target,type}') STORED,
    target_id text GENERATED ALWAYS AS (document #>> '{target,id}') STORED,
    request_id text GENERATED ALWAYS AS (document ->> 'request_id') STORED,
    key_version smallint NOT NULL,
    mac bytea NOT NULL CHECK (length(mac) = 32)
  )`,
  ...SEARCHED.map((column) => `CREATE INDEX audit_entry_${column} ON audit_entry (${column}, sequence)`),
  `CREATE INDEX audit_entry_occurred_at ON audit_entry USING brin (occurred_at)`,
  `CREATE TABLE audit_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    sequence bigint NOT NULL DEFAULT 0,
    mac bytea NOT NULL DEFAULT ''
  ) WITH (fillfactor = 10)`,
  `INSERT INTO audit_head DEFAULT VALUES`,
  `CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is only appended to'; END $$`,
  `CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit()`,
];
