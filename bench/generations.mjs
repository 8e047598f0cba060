/**
 * Compares the table with what the load generator was told.
 *
 * @param {import('pg').Pool} pool
 * @param {readonly import('./fixture.mjs').Family[]} families
 * @param {readonly number[]} expected the generation that each must have, in the same order
 * @returns {Promise<string[]>} what is wrong
 */
export async function wrongGenerations(pool, families, expected) {
  const { rows } = await pool.query(
    'SELECT id, generation FROM token_family WHERE id = ANY($1) AND revoked_at IS NULL',
    [families.map(({ id }) => id)],
  );
  const generations = new Map(rows.map(({ id, generation }) => [id, generation]));
  const wrong = families.filter(({ id }, index) => generations.get(id) !== expected[index]);
  if (wrong.length === 0) return [];
  return [`${wrong.length} of ${families.length} families are not of the generation that was answered`];
}
