import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What became of refresh tokens that were presented at the gateway: the tokens that one was exchanged for, encrypted
 * under a key that only the token itself yields, and who is exchanging it just now.
 */
export class AddGatewaySuccessors1763895000000 implements MigrationInterface {
  readonly name = 'AddGatewaySuccessors1763895000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE gateway_successor (
      id bytea PRIMARY KEY CHECK (length(id) = 32),
      version integer NOT NULL DEFAULT 0,
      sealed bytea,
      leased_until timestamptz,
      expires_at timestamptz NOT NULL
    )`);
    await runner.query('CREATE INDEX gateway_successor_expires_at ON gateway_successor (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway_successor');
  }
}
