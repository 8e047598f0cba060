import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Finds users by the start of their name and by their email address, whatever the case.
 *
 * Names are ordered by bytes, since no other order serves a search by prefix.
 */
export class IndexUsers1763810000000 implements MigrationInterface {
  readonly name = 'IndexUsers1763810000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX user_account_username_prefix ON user_account (lower(username) COLLATE "C")`,
    );
    await runner.query(`CREATE INDEX user_account_email ON user_account (lower(email))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX user_account_email`);
    await runner.query(`DROP INDEX user_account_username_prefix`);
  }
}
