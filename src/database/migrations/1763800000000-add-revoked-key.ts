import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Keys that were revoked: whatever was signed or encrypted under one is dead. A row is kept until the longest
 * token has expired. The event that tells of it names the key.
 */
export class AddRevokedKey1763800000000 implements MigrationInterface {
  readonly name = 'AddRevokedKey1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE revoked_key (
      kid text PRIMARY KEY,
      algorithm text NOT NULL,
      created_at timestamptz NOT NULL,
      active_from timestamptz NOT NULL,
      reason text NOT NULL,
      revoked_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
    await runner.query(`ALTER TABLE revocation_event ADD COLUMN key_id text`);
  }

  /** Without their key the events would say nothing, and nobody would know their type. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM revocation_event WHERE type = 'signing-key-revoked'`);
    await runner.query(`ALTER TABLE revocation_event DROP COLUMN key_id`);
    await runner.query(`DROP TABLE revoked_key`);
  }
}
