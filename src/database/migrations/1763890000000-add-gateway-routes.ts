import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Routes of the gateway. `config` has no secret: that is sealed, in a column of its own. Every change is told to
 * every replica when it commits, so that none must be restarted.
 */
export class AddGatewayRoutes1763890000000 implements MigrationInterface {
  readonly name = 'AddGatewayRoutes1763890000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE gateway_route (
      id uuid PRIMARY KEY,
      name text NOT NULL UNIQUE,
      enabled boolean NOT NULL,
      hosts text[] NOT NULL,
      paths text[] NOT NULL,
      methods text[] NOT NULL,
      upstream_url text NOT NULL,
      strip_path boolean NOT NULL,
      config jsonb NOT NULL CHECK (NOT config ? 'client_secret'),
      client_secret bytea,
      client_secret_version smallint,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      CHECK ((client_secret IS NULL) = (client_secret_version IS NULL))
    )`);
    await runner.query(`CREATE FUNCTION notify_of_gateway_route() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_notify('gateway_route', ''); RETURN NULL; END $$`);
    await runner.query(`CREATE TRIGGER gateway_route_notify AFTER INSERT OR UPDATE OR DELETE ON gateway_route
      FOR EACH STATEMENT EXECUTE FUNCTION notify_of_gateway_route()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway_route');
    await runner.query('DROP FUNCTION notify_of_gateway_route');
  }
}
