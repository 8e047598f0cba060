import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { alterTable } from '../patient-alter.js';

/**
 * What people authorize: codes, of which only a hash is kept, requests that clients pushed, and what each
 * person let each client have. A consent goes with its user; a client that everybody has consented to is
 * deleted at once, so its consents have no foreign key to it and are swept.
 */
export class AddAuthorization1763840000000 implements MigrationInterface {
  readonly name = 'AddAuthorization1763840000000';

  async up(runner: QueryRunner): Promise<void> {
    await alterTable(runner, 'ALTER TABLE client ADD COLUMN consent_required boolean NOT NULL DEFAULT true');
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await alterTable(runner, 'ALTER TABLE client DROP COLUMN consent_required');
    await runner.query('DROP TABLE consent, pushed_authorization_request, authorization_code');
  }
}

const UP = [
  `CREATE TABLE authorization_code (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    client_id text NOT NULL,
    user_id uuid NOT NULL,
    redirect_uri text NOT NULL,
    code_challenge text NOT NULL,
    scopes text[] NOT NULL,
    audiences text[] NOT NULL,
    nonce text,
    auth_time timestamptz NOT NULL,
    amr text[] NOT NULL,
    acr text,
    dpop_jkt text,
    browser_session_id uuid,
    user_agent text,
    address text,
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    family_id uuid,
    access_token_jti text,
    access_token_expires_at timestamptz
  )`,
  `CREATE INDEX authorization_code_expires_at ON authorization_code (expires_at)`,
  `CREATE TABLE pushed_authorization_request (
    request_hash bytea PRIMARY KEY CHECK (length(request_hash) = 32),
    client_id text NOT NULL,
    request jsonb NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
  `CREATE INDEX pushed_authorization_request_expires_at ON pushed_authorization_request (expires_at)`,
  `CREATE TABLE consent (
    user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    client_id text NOT NULL,
    scopes text[] NOT NULL,
    audiences text[] NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, client_id)
  )`,
  `CREATE INDEX consent_client_id ON consent (client_id)`,
];
