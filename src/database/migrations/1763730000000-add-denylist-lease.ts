import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Which replica keeps the denylist, and until when the denylist may be believed. One row, updated several
 * times a second, in place.
 */
export class AddDenylistLease1763730000000 implements MigrationInterface {
  readonly name = 'AddDenylistLease1763730000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE denylist_lease (
      singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
      keeper uuid,
      server text,
      revision bigint NOT NULL DEFAULT 0,
      valid_until timestamptz NOT NULL DEFAULT '-infinity',
      not_before timestamptz NOT NULL DEFAULT '-infinity'
    ) WITH (fillfactor = 10)`);
    await runner.query(`INSERT INTO denylist_lease DEFAULT VALUES`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE denylist_lease`);
  }
}
