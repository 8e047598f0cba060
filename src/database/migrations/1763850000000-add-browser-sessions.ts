import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * People signed in to this service in a browser, which clients got tokens in each of those sessions, and the
 * clients that are still to be told of a session's end (OpenID Connect Back-Channel Logout).
 *
 * Noting that a session was seen touches no index, and old sessions are found by the index on their beginning.
 */
export class AddBrowserSessions1763850000000 implements MigrationInterface {
  readonly name = 'AddBrowserSessions1763850000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE browser_session (
      id uuid PRIMARY KEY,
      cookie_hash bytea NOT NULL UNIQUE CHECK (length(cookie_hash) = 32),
      user_id uuid NOT NULL,
      auth_time timestamptz NOT NULL,
      amr text[] NOT NULL,
      acr text,
      signed_in_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      user_agent text,
      address text
    ) WITH (fillfactor = 80)`);
    await runner.query('CREATE INDEX browser_session_user_id ON browser_session (user_id)');
    await runner.query('CREATE INDEX browser_session_signed_in_at ON browser_session (signed_in_at)');
    await runner.query(`CREATE TABLE browser_session_client (
      session_id uuid NOT NULL REFERENCES browser_session (id) ON DELETE CASCADE,
      client_id text NOT NULL,
      sid uuid NOT NULL,
      PRIMARY KEY (session_id, client_id, sid)
    )`);
    await runner.query(`CREATE TABLE logout_notice (
      id uuid PRIMARY KEY,
      client_id text NOT NULL,
      user_id uuid NOT NULL,
      sid uuid NOT NULL,
      session_id uuid NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      attempts integer NOT NULL DEFAULT 0,
      next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      failure text
    )`);
    await runner.query('CREATE INDEX logout_notice_next_attempt_at ON logout_notice (next_attempt_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE logout_notice, browser_session_client, browser_session');
  }
}
