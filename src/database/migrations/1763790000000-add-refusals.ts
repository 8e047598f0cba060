import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The journal of refused requests, and why a single access token was revoked. A refusal's id is a UUIDv7: the
 * oldest are deleted by it.
 */
export class AddRefusals1763790000000 implements MigrationInterface {
  readonly name = 'AddRefusals1763790000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE refusal (
      id uuid PRIMARY KEY,
      request_id text NOT NULL,
      occurred_at timestamptz NOT NULL,
      path text NOT NULL,
      status smallint NOT NULL,
      error text NOT NULL,
      reason text NOT NULL,
      detail text,
      client_id text,
      family_id uuid,
      grant_type text
    )`);
    await runner.query(`CREATE INDEX refusal_request_id ON refusal (request_id)`);
    await runner.query(
      `CREATE INDEX refusal_client_id ON refusal (client_id, id) WHERE client_id IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX refusal_family_id ON refusal (family_id, id) WHERE family_id IS NOT NULL`,
    );
    await runner.query(`ALTER TABLE revoked_access_token ADD COLUMN reason text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE revoked_access_token DROP COLUMN reason`);
    await runner.query(`DROP TABLE refusal`);
  }
}
