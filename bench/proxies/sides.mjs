import { freePort } from '../../test/support/free-port.js';
import { refreshOnce } from '../single-requests.mjs';

/**
 * The service behind the proxies, the same for all.
 *
 * @param {import('../setting.mjs').Setting} setting
 * @returns {Promise<{ port: number, host: string }>}
 */
export function upstreamOf(setting) {
  return setting.shared('upstream', async () => {
    const { port } = await setting.program('proxies/upstream.mjs').ask('listen');
    return { port, host: `127.0.0.1:${port}` };
  });
}

/**
 * The service with a gateway.
 *
 * @param {import('../setting.mjs').Setting} setting
 * @returns {Promise<import('../rows.mjs').Target & { gatewayPort: number }>}
 */
export async function gatewayOf(setting) {
  const gatewayPort = await setting.shared('gateway port', freePort);
  const target = await setting.target('rotating', { GATEWAY_PORT: String(gatewayPort) });
  return { ...target, gatewayPort };
}

/**
 * What the upstream answers where it sees an access token of the right family, in the order of the families.
 *
 * @param {import('../setting.mjs').Setting} setting
 * @param {readonly import('../fixture.mjs').Family[]} families
 * @returns {Promise<string[]>}
 */
export async function rightAnswers({ database }, families) {
  const { rows } = await database.pool.query('SELECT id, user_id FROM token_family WHERE id = ANY($1)', [
    families.map(({ id }) => id),
  ]);
  const users = new Map(rows.map(({ id, user_id }) => [id, user_id]));
  return families.map(({ id }) => JSON.stringify({ sub: users.get(id), sid: id }));
}

/**
 * Requests that bring the access token along, for proxies that get none: the upstream sees of them what it sees of
 * the gateway's.
 *
 * @param {import('../setting.mjs').Setting} setting
 * @param {readonly import('../fixture.mjs').Family[]} families
 * @returns {Promise<import('../load/proxied.mjs').Asked[]>}
 */
export async function withAccessTokens(setting, families) {
  const target = await gatewayOf(setting);
  const answers = await rightAnswers(setting, families);
  const asked = [];
  for (const [index, { token }] of families.entries()) {
    const { access_token } = JSON.parse(await refreshOnce(target, token));
    asked.push({ header: `Authorization: Bearer ${access_token}`, answer: answers[index] });
  }
  return asked;
}
