import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Clients that register themselves: the tokens that let them, of which so many registrations come at most, and
 * for each client the hash of the token by which it manages its registration.
 */
export class AddRegistration1763820000000 implements MigrationInterface {
  readonly name = 'AddRegistration1763820000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE initial_access_token (
      id uuid PRIMARY KEY,
      key_version smallint NOT NULL,
      token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
      scopes text[] NOT NULL,
      max_registrations integer NOT NULL CHECK (max_registrations > 0),
      registrations integer NOT NULL DEFAULT 0 CHECK (registrations BETWEEN 0 AND max_registrations),
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      expires_at timestamptz NOT NULL,
      revoked_at timestamptz
    )`);
    await runner.query(`CREATE TABLE client_registration (
      client_id text PRIMARY KEY REFERENCES client (id) ON DELETE CASCADE,
      key_version smallint NOT NULL,
      token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
      scopes text[],
      initial_access_token_id uuid REFERENCES initial_access_token (id),
      created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE client_registration, initial_access_token');
  }
}
