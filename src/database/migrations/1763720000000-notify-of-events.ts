import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Tells listeners that the outbox has grown, when the transaction commits: whoever follows it need not
 * poll. It says that there is something, not what: the outbox is read for that. `forgotten` is up to where
 * events have been deleted for their age: who has read less than that can't resume.
 */
export class NotifyOfEvents1763720000000 implements MigrationInterface {
  readonly name = 'NotifyOfEvents1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION notify_of_revocation_event() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_notify('revocation_event', ''); RETURN NULL; END $$`);
    await runner.query(`CREATE TRIGGER revocation_event_notify AFTER INSERT ON revocation_event
      FOR EACH STATEMENT EXECUTE FUNCTION notify_of_revocation_event()`);
    await runner.query(`ALTER TABLE server_state
      ADD COLUMN forgotten_transaction_id xid8 NOT NULL DEFAULT '0', ADD COLUMN forgotten_sequence bigint NOT NULL DEFAULT 0`);
    await runner.query(`CREATE INDEX revocation_event_occurred_at ON revocation_event (occurred_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE server_state DROP COLUMN forgotten_transaction_id, DROP COLUMN forgotten_sequence`,
    );
    await runner.query(`DROP INDEX revocation_event_occurred_at`);
    await runner.query(`DROP TRIGGER revocation_event_notify ON revocation_event`);
    await runner.query(`DROP FUNCTION notify_of_revocation_event`);
  }
}
