import { type QueryRunner } from 'typeorm';

/**
 * Builds an index of a table that may be large and in use: concurrently, outside of any transaction; what an
 * interrupted run left is built anew. Of a partitioned table each partition's is built so; the one of the whole table
 * then only takes them in.
 *
 * @param name begins with that of the table
 * @param columns in parentheses, and the condition of a partial index
 */
export async function createIndex(
  runner: QueryRunner,
  name: string,
  table: string,
  columns: string,
): Promise<void> {
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
export async function dropIndex(runner: QueryRunner, name: string): Promise<void> {
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
