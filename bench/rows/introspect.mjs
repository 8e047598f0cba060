import { describeWrong, readJson } from '../load/answers.mjs';
import { HttpLoad } from '../load/http-load.mjs';
import { formPost } from '../load/requests.mjs';
import { walkShare } from '../load/share.mjs';
import { post, refreshOnce } from '../single-requests.mjs';

const TOKENS = 512;
/** One token in so many is a revoked one. */
const REVOKED_EVERY = 8;

/**
 * Introspection of the access tokens of as many sessions, some of them revoked, by their client.
 *
 * @type {import('../rows.mjs').Row}
 */
export const introspect = {
  name: 'introspect',
  title: 'introspect',
  families: ({ connections }) => Math.max(TOKENS, connections),
  plan: async (setting, { families }) => {
    const target = await setting.target('rotating');
    /** @type {{ token: string, isActive: boolean }[]} */
    const accessTokens = [];
    for (const { token } of families) {
      const accessToken = JSON.parse(await refreshOnce(target, token)).access_token;
      const isRevoked = accessTokens.length % REVOKED_EVERY === 0;
      if (isRevoked) await post(target, '/oauth2/revoke', { token: accessToken });
      accessTokens.push({ token: accessToken, isActive: !isRevoked });
    }
    return { ...target, accessTokens };
  },
  load: (work) => {
    const { accessTokens, connections } = work;
    const request = formPost('/oauth2/introspect', work);
    return new HttpLoad(work, (connection) => {
      const nextIndex = walkShare(accessTokens.length, connection, connections);
      let asked = accessTokens[0];
      return {
        next: () => {
          asked = accessTokens[nextIndex()];
          return request(`token=${asked.token}`);
        },
        judge: (answer) =>
          readJson(answer)?.active === asked.isActive
            ? undefined
            : describeWrong(`an ${asked.isActive ? 'active' : 'inactive'} token was answered wrong`, answer),
      };
    });
  },
};
