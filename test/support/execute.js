import pg from 'pg';

/**
 * Runs one statement on a connection of its own.
 *
 * @param {string} url of a database
 * @param {string} statement
 */
export async function execute(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
