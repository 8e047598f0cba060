import { describeWrong, readJson } from '../load/answers.mjs';
import { HttpLoad } from '../load/http-load.mjs';
import { get } from '../load/requests.mjs';

/**
 * A yardstick: the service's own `GET /health/live`, which asks nobody anything.
 *
 * @type {import('../rows.mjs').Row}
 */
export const bareGet = {
  name: 'bare-get',
  title: 'bare GET of the service',
  yardstick: 'GET',
  isExtra: true,
  families: () => 0,
  plan: (setting) => setting.target('rotating'),
  load: (work) => {
    const request = get('/health/live', work);
    return new HttpLoad(work, () => ({
      next: () => request,
      judge: (answer) =>
        readJson(answer)?.status === 'ok' ? undefined : describeWrong('the probe was answered wrong', answer),
    }));
  },
};
