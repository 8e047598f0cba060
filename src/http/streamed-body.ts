import { type FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly isBodyStreamed?: boolean;
  }
}

/** Newline-delimited JSON. */
export const NDJSON_TYPE = 'application/x-ndjson';

/** The configuration of a route that reads such a body itself, as it comes, however long it is. */
export const STREAMED_BODY = { isBodyStreamed: true } as const;

/** Passes a body of lines on as a stream, unread; to a route that does not ask for one, as no body at all. */
export function registerStreamedBody(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(NDJSON_TYPE, ({ routeOptions }, payload, done) => {
    const { isBodyStreamed = false } = routeOptions.config;
    if (!isBodyStreamed) payload.resume();
    done(null, isBodyStreamed ? payload : undefined);
  });
}
