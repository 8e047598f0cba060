import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The truth about single access tokens that were revoked, and the cutoff of everybody.
 *
 * A revoked access token is kept until it would have expired by itself.
 */
export class AddRevocation1763710000000 implements MigrationInterface {
  readonly name = 'AddRevocation1763710000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE revoked_access_token (
      jti text PRIMARY KEY,
      client_id text NOT NULL,
      revoked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      expires_at timestamptz NOT NULL
    )`);
    await runner.query(`CREATE INDEX revoked_access_token_expires_at ON revoked_access_token (expires_at)`);
    await runner.query(`CREATE TABLE server_state (
      singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
      tokens_not_before timestamptz
    )`);
    await runner.query(`INSERT INTO server_state DEFAULT VALUES`);
    // A client registered under the id of a deleted one must not wake that one's families.
    await runner.query(`ALTER TABLE client ALTER COLUMN tokens_not_before SET DEFAULT clock_timestamp()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE client ALTER COLUMN tokens_not_before DROP DEFAULT`);
    await runner.query(`DROP TABLE server_state`);
    await runner.query(`DROP TABLE revoked_access_token`);
  }
}
