/**
 * A program, see `ChildProgram`: a Fastify server that parses a form and answers JSON, and does nothing else. What
 * an endpoint can't be faster than.
 */
import { fastify } from 'fastify';
import { parse } from 'node:querystring';
import { answerParent } from './answer-parent.mjs';

answerParent({
  listen: async (/** @type {{ answerBytes: number }} */ { answerBytes }) => {
    const server = fastify();
    const answer = { token: '' };
    answer.token = 'x'.repeat(answerBytes - JSON.stringify(answer).length);
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, parse(String(body))),
    );
    server.post('/', () => answer);
    const address = await server.listen({ port: 0, host: '127.0.0.1' });
    return { port: Number(new URL(address).port) };
  },
});
