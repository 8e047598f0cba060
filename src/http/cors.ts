import fastifyCors, { type FastifyCorsOptions } from '@fastify/cors';
import { type FastifyInstance, type onRequestHookHandler } from 'fastify';
import fp from 'fastify-plugin';

export interface CorsRules {
  /** Whether pages of this origin may call us. */
  readonly isRegistered: (origin: string) => Promise<boolean>;
  /** What no other origin's page may call. */
  readonly isClosed: (url: string) => boolean;
}

/**
 * Lets pages of registered origins call us (RFC 7009 §2.3 and its like), without cookies. Only a request that names
 * an origin pays for it: those of servers name none.
 */
export function registerCors(fastify: FastifyInstance, rules: CorsRules): void {
  const options = corsOptions(rules);
  void fastify.register(
    fp((instance, _options, done) => {
      fastifyCors(hookingOriginsOnly(instance), options, done);
    }),
  );
}

function corsOptions({ isRegistered, isClosed }: CorsRules): FastifyCorsOptions {
  const open: FastifyCorsOptions = {
    origin: (origin, decide) => {
      isRegistered(origin ?? '').then(
        (isAllowed) => {
          decide(null, isAllowed);
        },
        () => {
          decide(null, false);
        },
      );
    },
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'dpop', 'last-event-id'],
    exposedHeaders: ['dpop-nonce', 'retry-after', 'www-authenticate', 'x-request-id'],
    maxAge: 600,
  };
  return {
    delegator: (request, decide) => {
      decide(null, isClosed(request.url) ? { origin: false } : open);
    },
  };
}

/** The instance, but for hooks that requests without an origin pass by; caches are told of the difference. */
function hookingOriginsOnly(instance: FastifyInstance): FastifyInstance {
  const addHook = (name: 'onRequest', hook: onRequestHookHandler): FastifyInstance =>
    instance.addHook(name, (request, reply, done) => {
      if (request.headers.origin !== undefined) {
        hook.call(instance, request, reply, done);
        return;
      }
      void reply.header('vary', 'Origin');
      done();
    });
  return Object.create(instance, { addHook: { value: addHook } }) as FastifyInstance;
}
