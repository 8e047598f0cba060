/**
 * The middle of several measurements, with the least and the most of them.
 *
 * @typedef {{ median: number, min: number, max: number }} Spread
 */

/** @param {readonly number[]} values not empty */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * @param {readonly number[]} values not empty
 * @returns {Spread}
 */
export function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
