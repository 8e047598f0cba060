import { describeWrong, readJson } from './answers.mjs';
import { HttpLoad } from './http-load.mjs';
import { formPost } from './requests.mjs';
import { walkShare } from './share.mjs';

/**
 * Refreshes one session after the other, each time with the token that the last answer gave it.
 *
 * @param {import('../rows.mjs').Work & import('../rows.mjs').Target} work
 * @param {(answer: Record<string, unknown>, presented: string) => boolean} isRight about the refresh token
 * @returns {import('../rows.mjs').Load} whose tally is the number of right answers of each family
 */
export function refreshing(work, isRight) {
  const { families, connections } = work;
  const request = formPost('/oauth2/token', work);
  const tokens = families.map(({ token }) => token);
  const refreshed = new Array(families.length).fill(0);
  const load = new HttpLoad(work, (connection) => {
    const nextFamily = walkShare(families.length, connection, connections);
    let family = 0;
    return {
      next: () => {
        family = nextFamily();
        return request(`grant_type=refresh_token&refresh_token=${tokens[family]}`);
      },
      judge: (answer) => {
        const body = readJson(answer);
        if (!body || !isTokenAnswer(body) || !isRight(body, tokens[family])) {
          return describeWrong('a refresh was answered wrong', answer);
        }
        tokens[family] = String(body.refresh_token);
        refreshed[family] += 1;
        return undefined;
      },
    };
  });
  return { slice: (seconds) => load.slice(seconds), tally: () => refreshed };
}

/**
 * RFC 6749 §5.1
 *
 * @param {Record<string, unknown>} answer
 */
export function isTokenAnswer({ access_token, token_type, expires_in }) {
  return typeof access_token === 'string' && token_type === 'Bearer' && Number(expires_in) > 0;
}
