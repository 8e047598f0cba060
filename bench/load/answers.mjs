/**
 * Reads an answer that must be 200 and JSON.
 *
 * @param {import('./http-connection.mjs').Answer} answer
 * @returns {Record<string, unknown> | undefined}
 */
export function readJson({ status, body }) {
  if (status !== 200) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * Says what was wrong with an answer, without what it may hold of tokens.
 *
 * @param {string} problem
 * @param {import('./http-connection.mjs').Answer} answer
 */
export function describeWrong(problem, { status, body }) {
  return `${problem}: ${status}${status === 200 ? '' : ` ${body.slice(0, 200)}`}`;
}
