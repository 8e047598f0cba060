import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** When each kind of what is over was last swept away, so that one replica does it and the others don't. */
export class AddSweep1763750000000 implements MigrationInterface {
  readonly name = 'AddSweep1763750000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE sweep (
      name text PRIMARY KEY,
      started_at timestamptz NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sweep`);
  }
}
