/**
 * What Postgres says of the families, over all partitions where there are any. Counts since the database was made.
 *
 * @typedef {object} TableState
 * @property {number} rows estimated
 * @property {number} heapBytes
 * @property {Record<string, number>} indexBytes by index
 * @property {number} updates
 * @property {number} hot those of the updates that touched no index
 * @property {number} hits blocks found in shared_buffers, of families and users with their indexes
 * @property {number} reads blocks that were not
 */

const LEAVES = `
  (SELECT oid FROM pg_class WHERE relkind = 'r'
    AND (oid = 'token_family'::regclass OR oid IN (SELECT relid FROM pg_partition_tree('token_family'))))`;

const STATE = `
  SELECT sum(s.n_live_tup)::float8 AS rows, sum(pg_relation_size(s.relid))::float8 AS heap_bytes,
    sum(s.n_tup_upd)::float8 AS updates, sum(s.n_tup_hot_upd)::float8 AS hot
  FROM pg_stat_user_tables s WHERE s.relid IN ${LEAVES}`;

/** An index of a partition goes by the name of the one that it is part of. */
const INDEXES = `
  SELECT COALESCE(parent.relname, i.relname) AS name, sum(pg_relation_size(x.indexrelid))::float8 AS bytes
  FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid
  LEFT JOIN pg_inherits h ON h.inhrelid = x.indexrelid
  LEFT JOIN pg_class parent ON parent.oid = h.inhparent
  WHERE x.indrelid IN ${LEAVES}
  GROUP BY 1 ORDER BY 1`;

const BLOCKS = `
  SELECT sum(heap_blks_hit + idx_blks_hit)::float8 AS hits, sum(heap_blks_read + idx_blks_read)::float8 AS reads
  FROM pg_statio_user_tables WHERE relid IN ${LEAVES} OR relid = 'user_account'::regclass`;

/**
 * @param {import('pg').Pool} pool
 * @returns {Promise<TableState>}
 */
export async function tableState(pool) {
  const [state, indexes, blocks] = await Promise.all(
    [STATE, INDEXES, BLOCKS].map((text) => pool.query(text)),
  );
  const { rows, heap_bytes: heapBytes, updates, hot } = state.rows[0];
  const indexBytes = Object.fromEntries(indexes.rows.map(({ name, bytes }) => [name, bytes]));
  return { rows, heapBytes, indexBytes, updates, hot, ...blocks.rows[0] };
}

/**
 * The table after what the load is known to have done: backends tell their statistics late.
 *
 * @param {import('pg').Pool} pool
 * @param {number} updates that the table must have seen by then
 */
export async function tableStateAfter(pool, updates) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const state = await tableState(pool);
    if (state.updates >= updates || Date.now() > deadline) return state;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * Bytes of write-ahead log that the server has written in its life.
 *
 * @param {import('pg').Pool} pool
 * @returns {Promise<number>}
 */
export async function walPosition(pool) {
  const { rows } = await pool.query(`SELECT (pg_current_wal_lsn() - '0/0')::float8 AS bytes`);
  return rows[0].bytes;
}
