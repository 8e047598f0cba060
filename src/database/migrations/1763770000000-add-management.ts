import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What the management API keeps besides: a client's keys and what is shown of it, and the answers to requests
 * that may be repeated (`Idempotency-Key`), sealed because a new secret may be in them.
 */
export class AddManagement1763770000000 implements MigrationInterface {
  readonly name = 'AddManagement1763770000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE client
      ADD COLUMN jwks jsonb, ADD COLUMN display_metadata jsonb NOT NULL DEFAULT '{}'`);
    await runner.query(`CREATE TABLE idempotent_answer (
      actor_id text NOT NULL,
      key text NOT NULL,
      fingerprint bytea NOT NULL,
      seal_version smallint,
      sealed bytea,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (actor_id, key)
    )`);
    await runner.query(`CREATE INDEX idempotent_answer_created_at ON idempotent_answer (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotent_answer`);
    await runner.query(`ALTER TABLE client DROP COLUMN display_metadata, DROP COLUMN jwks`);
  }
}
