import { proxied } from '../load/proxied.mjs';
import { startNginx } from '../proxies/nginx.mjs';
import { upstreamOf, withAccessTokens } from '../proxies/sides.mjs';
import { SESSIONS } from './gateway.mjs';

/**
 * A yardstick: nginx with `proxy_pass` and one worker.
 *
 * @type {import('../rows.mjs').Row}
 */
export const nginxProxy = {
  name: 'nginx-proxy',
  title: 'nginx proxy_pass, 1 worker',
  yardstick: 'nginx',
  isExtra: true,
  families: ({ connections }) => Math.max(SESSIONS, connections),
  plan: async (setting, { families }) => {
    const asked = await withAccessTokens(setting, families);
    const { host } = await upstreamOf(setting);
    const { port, pid, stop } = await startNginx(host);
    setting.atEnd(stop);
    return { port, pid, asked };
  },
  load: proxied,
};
