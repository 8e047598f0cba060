/**
 * A single request outside the load.
 *
 * @param {import('./rows.mjs').Target} target
 * @param {string} path
 * @param {Record<string, string>} form
 * @returns {Promise<string>} the body
 * @throws Error when it is not answered 200
 */
export async function post({ port, credentials: { id, secret } }, path, form) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return answer.text();
}

/**
 * @param {import('./rows.mjs').Target} target
 * @param {string} refreshToken
 * @returns {Promise<string>} the body of the answer
 */
export function refreshOnce(target, refreshToken) {
  return post(target, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
}
