const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/**
 * How long to wait before the next attempt: twice as long after each failure, up to a minute, of which the
 * second half is left to chance, so that those that failed together are not all tried again together.
 *
 * @param failures in a row, 1 or more
 * @param chance 0 to 1
 * @returns milliseconds
 */
export function backoff(failures: number, chance: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return (longest * (1 + chance)) / 2;
}
