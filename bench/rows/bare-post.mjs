import { describeWrong } from '../load/answers.mjs';
import { HttpLoad } from '../load/http-load.mjs';
import { formPost } from '../load/requests.mjs';
import { refreshOnce } from '../single-requests.mjs';

/**
 * A yardstick: a Fastify server that parses the form of a refresh and answers as many bytes of JSON.
 *
 * @type {import('../rows.mjs').Row}
 */
export const barePost = {
  name: 'bare-post',
  title: 'bare Fastify POST',
  yardstick: 'POST',
  families: () => 1,
  plan: async (setting, { families: [{ token }] }) => {
    const target = await setting.target('rotating');
    const { length: answerBytes } = await refreshOnce(target, token);
    const server = setting.program('bare-server.mjs');
    const { port } = await server.ask('listen', { answerBytes });
    return { port, pid: server.pid, credentials: target.credentials, answerBytes };
  },
  load: (work) => {
    const { families, answerBytes } = work;
    const request = formPost('/', work)(`grant_type=refresh_token&refresh_token=${families[0].token}`);
    return new HttpLoad(work, () => ({
      next: () => request,
      judge: (answer) => {
        const isRight = answer.status === 200 && answer.body.length === answerBytes;
        return isRight ? undefined : describeWrong('the bare server answered wrong', answer);
      },
    }));
  },
};
