import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createIndex, dropIndex } from '../concurrent-indexes.js';
import { alterTable } from '../patient-alter.js';

/**
 * What OpenID Connect needs to know: of a family the browser session that it began in, and from where and with what;
 * of a client how people sign out of it and how its ID tokens are signed.
 *
 * No column that a rotation changes comes under an index (law L7). The new index is empty at first and built
 * concurrently, outside of any transaction, so every step may be repeated.
 */
export class AddOpenid1763860000000 implements MigrationInterface {
  readonly name = 'AddOpenid1763860000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of TABLES) {
      const added = columns.map((column) => `ADD COLUMN IF NOT EXISTS ${column}`);
      await alterTable(runner, `ALTER TABLE ${table} ${added.join(', ')}`);
    }
    await createIndex(
      runner,
      INDEX,
      'token_family',
      '(browser_session_id) WHERE browser_session_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, INDEX);
    for (const [table, columns] of TABLES) {
      const dropped = columns.map((column) => `DROP COLUMN IF EXISTS ${column.split(' ', 1).join('')}`);
      await alterTable(runner, `ALTER TABLE ${table} ${dropped.join(', ')}`);
    }
  }
}

const INDEX = 'token_family_browser_session_id';

const TABLES: readonly (readonly [table: string, columns: readonly string[]])[] = [
  [
    'token_family',
    [
      'browser_session_id uuid',
      'offline boolean NOT NULL DEFAULT false',
      'user_agent text',
      'signed_in_address text',
      'last_used_address text',
    ],
  ],
  [
    'client',
    [
      `post_logout_redirect_uris text[] NOT NULL DEFAULT '{}'`,
      'backchannel_logout_uri text',
      'backchannel_logout_session_required boolean NOT NULL DEFAULT false',
      'require_pushed_authorization_requests boolean NOT NULL DEFAULT false',
      'id_token_signed_response_alg text',
    ],
  ],
];
