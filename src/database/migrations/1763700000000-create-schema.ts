import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Clients, users, token families, token keys and the outbox.
 *
 * `token_family` is one row per session and is updated in place: the fill factor keeps room on each page,
 * and no index but a BRIN one covers a column that a rotation changes, so that every rotation is a HOT
 * update. ANALYZE, whose snapshot keeps old row versions from being pruned, waits for more changes than
 * usual: no hot statement's plan needs it. The table has no foreign keys: a client with millions of families is deleted at once, and the hot
 * statement joins client and user anyway.
 */
export class CreateSchema1763700000000 implements MigrationInterface {
  readonly name = 'CreateSchema1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = ['revocation_event', 'token_key', 'token_family', 'user_account', 'client_secret', 'client'];

const UP = [
  `CREATE TABLE client (
    id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('public', 'confidential')),
    enabled boolean NOT NULL DEFAULT true,
    auth_methods text[] NOT NULL,
    redirect_uris text[] NOT NULL DEFAULT '{}',
    grant_types text[] NOT NULL DEFAULT '{}',
    scopes text[] NOT NULL DEFAULT '{}',
    default_scopes text[] NOT NULL DEFAULT '{}',
    audiences text[] NOT NULL DEFAULT '{}',
    dpop_bound_access_tokens boolean NOT NULL DEFAULT false,
    token_policy jsonb NOT NULL DEFAULT '{}',
    tokens_not_before timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE client_secret (
    id uuid PRIMARY KEY,
    client_id text NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    key_version smallint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
  )`,
  `CREATE INDEX client_secret_client_id ON client_secret (client_id)`,
  `CREATE TABLE user_account (
    id uuid PRIMARY KEY,
    username text NOT NULL CHECK (length(username) BETWEEN 1 AND 255),
    email text,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    claims jsonb NOT NULL DEFAULT '{}',
    password_hash text,
    tokens_not_before timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX user_account_username ON user_account (lower(username))`,
  `CREATE TABLE token_family (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rotated_at timestamptz,
    last_used_at timestamptz,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    auth_time timestamptz NOT NULL,
    generation integer NOT NULL DEFAULT 0,
    key_version smallint NOT NULL,
    token_hash bytea NOT NULL,
    client_id text NOT NULL,
    scopes text[] NOT NULL,
    audiences text[] NOT NULL,
    amr text[] NOT NULL DEFAULT '{}',
    acr text,
    dpop_jkt text,
    dpop_bound_generation integer NOT NULL DEFAULT 0,
    revocation_reason text,
    access_token_jti text,
    access_token_expires_at timestamptz
  ) WITH (fillfactor = 50, autovacuum_analyze_threshold = 100000)`,
  `CREATE INDEX token_family_user_id ON token_family (user_id)`,
  `CREATE INDEX token_family_client_id ON token_family (client_id)`,
  `CREATE INDEX token_family_expires_at ON token_family USING brin (expires_at) WITH (autosummarize = on)`,
  `CREATE TABLE token_key (
    kid text PRIMARY KEY,
    algorithm text NOT NULL,
    public_jwk jsonb,
    seal_version smallint NOT NULL,
    sealed_jwk bytea NOT NULL,
    created_at timestamptz NOT NULL,
    active_from timestamptz NOT NULL
  )`,
  `CREATE TABLE revocation_event (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    type text NOT NULL,
    subject text,
    session_id uuid,
    client_id text,
    jti text,
    reason text NOT NULL,
    initiator text NOT NULL CHECK (initiator IN ('admin', 'user', 'policy', 'system')),
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  `CREATE INDEX revocation_event_order ON revocation_event (transaction_id, sequence)`,
];
