import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Indexes by which the families of a user or of a client are listed newest first, and by which the events of
 * a family are found. A family's id is a UUIDv7, so the order of ids is that of age, and no rotation changes
 * one (law L7).
 *
 * The tables may be large and in use: indexes are built concurrently, outside of any transaction, and what an
 * interrupted run left is built anew. Of a partitioned table each partition's is built so; the one of the whole
 * table then only takes them in.
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

async function createIndex(runner: QueryRunner, name: string, table: string, columns: string): Promise<void> {
  const partitions = await partitionsOf(runner, table);
  for (const partition of partitions) {
    await createIndexOn(runner, `${partition}_${name.slice(table.length + 1)}`, partition, columns);
  }
  if (partitions.length === 0) await createIndexOn(runner, name, table, columns);
  else await runner.query(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} ${columns}`);
}

async function createIndexOn(
  runner: QueryRunner,
  name: string,
  table: string,
  columns: string,
): Promise<void> {
  if (await isInvalid(runner, name)) await dropIndex(runner, name);
  await runner.query(`CREATE INDEX ${concurrently(runner)} IF NOT EXISTS ${name} ON ${table} ${columns}`);
}

/** That of a partitioned table can't be dropped concurrently; it takes no time. */
async function dropIndex(runner: QueryRunner, name: string): Promise<void> {
  const [row] = (await runner.query(`SELECT relkind FROM pg_class WHERE oid = to_regclass($1)`, [name])) as {
    relkind: string;
  }[];
  const how = row?.relkind === 'I' ? '' : concurrently(runner);
  await runner.query(`DROP INDEX ${how} IF EXISTS ${name}`);
}

/** TypeORM reverts in a transaction, whatever the migration says. */
function concurrently(runner: QueryRunner): string {
  return runner.isTransactionActive ? '' : 'CONCURRENTLY';
}

async function isInvalid(runner: QueryRunner, name: string): Promise<boolean> {
  const rows = (await runner.query(
    `SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid`,
    [name],
  )) as unknown[];
  return rows.length > 0;
}

async function partitionsOf(runner: QueryRunner, table: string): Promise<string[]> {
  const rows = (await runner.query(
    `SELECT relid::regclass::text AS name FROM pg_partition_tree(to_regclass($1)) WHERE isleaf AND level > 0 ORDER BY 1`,
    [table],
  )) as { name: string }[];
  return rows.map(({ name }) => name);
}
