/**
 * The share of one connection in a list that several walk over, each its own part and round and round.
 *
 * @param {number} length of the list; not below `connections`
 * @param {number} connection its number, from 0
 * @param {number} connections how many there are
 * @returns {() => number} the next index
 */
export function walkShare(length, connection, connections) {
  let index = connection - connections;
  return () => {
    index += connections;
    if (index >= length) index = connection;
    return index;
  };
}
