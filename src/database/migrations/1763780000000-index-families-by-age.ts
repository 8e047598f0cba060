import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { createIndex, dropIndex } from '../concurrent-indexes.js';

/**
 * Indexes by which the families of a user or of a client are listed newest first, and by which the events of
 * a family are found. A family's id is a UUIDv7, so the order of ids is that of age, and no rotation changes
 * one (law L7).
 *
 * The tables may be large and in use: see {@link createIndex}.
 */
export class IndexFamiliesByAge1763780000000 implements MigrationInterface {
  readonly name = 'IndexFamiliesByAge1763780000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, table, columns] of NEW) await createIndex(runner, name, table, columns);
    for (const [name] of OLD) await dropIndex(runner, name);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name, table, columns] of OLD) await createIndex(runner, name, table, columns);
    for (const [name] of NEW) await dropIndex(runner, name);
  }
}

type Index = readonly [name: string, table: string, columns: string];

const OLD: readonly Index[] = [
  ['token_family_user_id', 'token_family', '(user_id)'],
  ['token_family_client_id', 'token_family', '(client_id)'],
];

const NEW: readonly Index[] = [
  ['token_family_user_id_id', 'token_family', '(user_id, id)'],
  ['token_family_client_id_id', 'token_family', '(client_id, id)'],
  ['revocation_event_session_id', 'revocation_event', '(session_id) WHERE session_id IS NOT NULL'],
  [
    'revocation_event_cutoff',
    'revocation_event',
    `(subject, client_id) WHERE type IN ('user-tokens-revoked', 'user-client-tokens-revoked', 'client-tokens-revoked', 'all-tokens-revoked')`,
  ],
];
