import { describeWrong, readJson } from '../load/answers.mjs';
import { HttpLoad } from '../load/http-load.mjs';
import { isTokenAnswer } from '../load/refreshing.mjs';
import { formPost } from '../load/requests.mjs';

/**
 * The client credentials grant: authentication and a signed access token, nothing stored.
 *
 * @type {import('../rows.mjs').Row}
 */
export const clientCredentials = {
  name: 'client-credentials',
  title: 'client credentials',
  families: () => 0,
  plan: (setting) => setting.target('rotating'),
  load: (work) => {
    const request = formPost('/oauth2/token', work)('grant_type=client_credentials');
    return new HttpLoad(work, () => ({
      next: () => request,
      judge: (answer) => {
        const body = readJson(answer);
        const isRight = body && isTokenAnswer(body) && body.refresh_token === undefined;
        return isRight ? undefined : describeWrong('client credentials were answered wrong', answer);
      },
    }));
  },
};
