import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Why a stream's events are not taken, for whoever looks from outside the replica that pushes them. */
export class NotePushFailures1763830000000 implements MigrationInterface {
  readonly name = 'NotePushFailures1763830000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ssf_stream
      ADD COLUMN failures integer NOT NULL DEFAULT 0,
      ADD COLUMN last_failure text, ADD COLUMN last_failure_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ssf_stream
      DROP COLUMN last_failure_at, DROP COLUMN last_failure, DROP COLUMN failures`);
  }
}
