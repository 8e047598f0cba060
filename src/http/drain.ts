import { type FastifyInstance } from 'fastify';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';

/**
 * Lets the server close as soon as the requests under way are answered: a connection without one is closed
 * at once, every other after its answer. Node by itself waits for a connection on which no request ever
 * came, as browsers and pools open them ahead of need.
 */
export function registerDrain(fastify: FastifyInstance): void {
  const requests = new Map<Socket, number>();
  let isClosing = false;
  fastify.server.on('connection', (socket: Socket) => {
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
  });
  fastify.server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (requests.get(socket) ?? 1) - 1;
      if (!socket.destroyed) requests.set(socket, left);
      if (isClosing && left === 0) socket.end();
    });
  });
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    for (const [socket, count] of requests) if (count === 0) socket.destroy();
    done();
  });
}
