import { wrongGenerations } from '../generations.mjs';
import { proxied } from '../load/proxied.mjs';
import { gatewayOf, rightAnswers, upstreamOf } from '../proxies/sides.mjs';

/** Of each row of a proxy. */
export const SESSIONS = 512;

/**
 * The gateway: requests with refresh tokens that were exchanged before, so that the access token is a cached one.
 *
 * @type {import('../rows.mjs').Row}
 */
export const gateway = {
  name: 'gateway',
  title: 'gateway, cached token',
  isExtra: true,
  families: ({ connections }) => Math.max(SESSIONS, connections),
  plan: async (setting, { families }) => {
    await addRoute(setting);
    const { pid, gatewayPort: port } = await gatewayOf(setting);
    const answers = await rightAnswers(setting, families);
    const asked = families.map(({ token }, index) => ({
      header: `Refresh-Token: ${token}`,
      answer: answers[index],
    }));
    await exchangeAll(port, families);
    return { port, pid, asked };
  },
  load: proxied,
  /** A token that had not been cached would have been exchanged again. */
  check: ({ database }, { families }) =>
    wrongGenerations(
      database.pool,
      families,
      families.map(() => 1),
    ),
};

/** @param {import('../setting.mjs').Setting} setting */
async function addRoute(setting) {
  const { host } = await upstreamOf(setting);
  const program = setting.program('proxies/route-program.mjs', { ...setting.environment, LOG_LEVEL: 'warn' });
  await program.ask('add', {
    name: 'bench',
    path: '/',
    upstream: `http://${host}`,
    client: setting.clients.rotating,
    config: { auth_methods: ['refresh_token'], refresh_token_param_type: ['header'] },
  });
  await program.stop();
}

/**
 * @param {number} port
 * @param {readonly import('../fixture.mjs').Family[]} families
 */
async function exchangeAll(port, families) {
  for (const { token } of families) {
    const { status } = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'refresh-token': token } });
    if (status !== 200) throw new Error(`the gateway answered ${status}`);
  }
}
