import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Event streams of the Shared Signals Framework. A stream is a cursor into the outbox, not a copy of it:
 * what is acknowledged beyond the cursor has a row until the cursor gets there. `ssf_notice` holds what a
 * stream says about itself, `ssf_rejection` what its receiver could not take.
 */
export class AddSharedSignals1763740000000 implements MigrationInterface {
  readonly name = 'AddSharedSignals1763740000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = ['ssf_rejection', 'ssf_notice', 'ssf_acknowledgement', 'ssf_subject', 'ssf_stream'];

const UP = [
  // Room on the page: the lease and the cursor change often, and no index covers them.
  `CREATE TABLE ssf_stream (
    id uuid PRIMARY KEY,
    client_id text NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    description text,
    events_requested text[],
    default_subjects text NOT NULL CHECK (default_subjects IN ('ALL', 'NONE')),
    push_url text,
    push_authorization bytea,
    push_authorization_version smallint,
    status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'paused', 'disabled')),
    status_reason text,
    cursor_transaction_id xid8 NOT NULL,
    cursor_sequence bigint NOT NULL,
    verified_at timestamptz,
    pusher uuid,
    pusher_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((push_authorization IS NULL) = (push_authorization_version IS NULL)),
    CHECK (push_url IS NOT NULL OR push_authorization IS NULL)
  ) WITH (fillfactor = 50)`,
  `CREATE INDEX ssf_stream_client_id ON ssf_stream (client_id)`,
  `CREATE TABLE ssf_subject (
    stream_id uuid NOT NULL REFERENCES ssf_stream (id) ON DELETE CASCADE,
    lookup_key text NOT NULL,
    subject_key text NOT NULL,
    PRIMARY KEY (stream_id, lookup_key, subject_key)
  )`,
  `CREATE INDEX ssf_subject_subject_key ON ssf_subject (stream_id, subject_key)`,
  `CREATE TABLE ssf_acknowledgement (
    stream_id uuid NOT NULL REFERENCES ssf_stream (id) ON DELETE CASCADE,
    transaction_id xid8 NOT NULL,
    sequence bigint NOT NULL,
    jti text NOT NULL,
    PRIMARY KEY (stream_id, transaction_id, sequence, jti)
  )`,
  `CREATE TABLE ssf_notice (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    stream_id uuid NOT NULL REFERENCES ssf_stream (id) ON DELETE CASCADE,
    type text NOT NULL CHECK (type IN ('verification', 'stream-updated')),
    state text,
    status text,
    reason text
  )`,
  `CREATE INDEX ssf_notice_stream_id ON ssf_notice (stream_id, sequence)`,
  `CREATE TABLE ssf_rejection (
    stream_id uuid NOT NULL REFERENCES ssf_stream (id) ON DELETE CASCADE,
    jti text NOT NULL,
    error text NOT NULL,
    description text,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream_id, jti)
  )`,
  `CREATE INDEX ssf_rejection_received_at ON ssf_rejection (received_at)`,
];
