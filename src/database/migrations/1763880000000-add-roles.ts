import { type MigrationInterface, type QueryRunner } from 'typeorm';

const READS = `'clients:read', 'users:read', 'roles:read', 'tokens:read', 'keys:read', 'events:read', 'audit:read',
  'config:read', 'gateway:read'`;
const WRITES = `'clients:write', 'users:write', 'roles:write', 'tokens:revoke', 'keys:write', 'events:write',
  'gateway:write'`;

/** What people may do at the management API: roles, and who has them. Three to begin with; nobody has one. */
export class AddRoles1763880000000 implements MigrationInterface {
  readonly name = 'AddRoles1763880000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE role (
      name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
      description text NOT NULL DEFAULT '',
      scopes text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
    await runner.query(`CREATE TABLE user_role (
      user_id uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
      role_name text NOT NULL REFERENCES role (name) ON DELETE CASCADE,
      PRIMARY KEY (user_id, role_name)
    )`);
    await runner.query('CREATE INDEX user_role_role_name ON user_role (role_name)');
    await runner.query(`INSERT INTO role (name, description, scopes) VALUES
      ('admin', 'Does everything', ARRAY[${READS}, ${WRITES}]),
      ('auditor', 'Reads everything, changes nothing', ARRAY[${READS}]),
      ('support', 'Helps people who are signed in', ARRAY['users:read', 'tokens:read', 'tokens:revoke'])`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_role, role');
  }
}
