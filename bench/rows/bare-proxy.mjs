import { proxied } from '../load/proxied.mjs';
import { upstreamOf, withAccessTokens } from '../proxies/sides.mjs';
import { SESSIONS } from './gateway.mjs';

/**
 * A yardstick: the library that the gateway proxies with, on a Fastify that does nothing else.
 *
 * @type {import('../rows.mjs').Row}
 */
export const bareProxy = {
  name: 'bare-proxy',
  title: 'bare @fastify/reply-from',
  yardstick: 'reply-from',
  isExtra: true,
  families: ({ connections }) => Math.max(SESSIONS, connections),
  plan: async (setting, { families }) => {
    const asked = await withAccessTokens(setting, families);
    const { host } = await upstreamOf(setting);
    const proxy = setting.program('proxies/bare-proxy.mjs');
    const { port } = await proxy.ask('listen', { upstream: `http://${host}` });
    return { port, pid: proxy.pid, asked };
  },
  load: proxied,
};
