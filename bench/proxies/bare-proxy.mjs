/** A program, see `ChildProgram`: the library that the gateway proxies with, on a bare Fastify, and nothing else. */
import replyFrom from '@fastify/reply-from';
import { fastify } from 'fastify';
import { answerParent } from '../answer-parent.mjs';

answerParent({
  listen: async (/** @type {{ upstream: string }} */ { upstream }) => {
    const server = fastify();
    server.register(replyFrom, { base: upstream });
    server.get('/*', (_request, reply) => reply.from());
    const address = await server.listen({ port: 0, host: '127.0.0.1' });
    return { port: Number(new URL(address).port) };
  },
});
