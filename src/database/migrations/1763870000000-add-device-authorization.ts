import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Devices that wait for somebody to let them in at another screen (RFC 8628). */
export class AddDeviceAuthorization1763870000000 implements MigrationInterface {
  readonly name = 'AddDeviceAuthorization1763870000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE device_authorization (
      device_code_hash bytea PRIMARY KEY CHECK (length(device_code_hash) = 32),
      user_code text NOT NULL UNIQUE,
      client_id text NOT NULL,
      scopes text[] NOT NULL,
      audiences text[] NOT NULL,
      status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'denied', 'consumed')),
      user_id uuid CHECK (user_id IS NOT NULL OR status IN ('pending', 'denied')),
      auth_time timestamptz,
      amr text[],
      acr text,
      decided_at timestamptz,
      poll_interval integer NOT NULL,
      last_polled_at timestamptz,
      expires_at timestamptz NOT NULL
    )`);
    await runner.query('CREATE INDEX device_authorization_expires_at ON device_authorization (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE device_authorization');
  }
}
