import { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';

/** What became of a request, as the log tells it: never a token, a secret or a password. */
export interface Outcome {
  /** For example `rotated`, or the refusal. */
  readonly outcome?: string;
  readonly clientId?: string;
  readonly familyId?: string;
  readonly grantType?: string;
  readonly error?: string;
  readonly reason?: string;
  readonly detail?: string;
  /** Of the trace that the request is part of, where it is traced. */
  readonly trace_id?: string;
}

const OUTCOME = Symbol('outcome');

interface NotedRequest {
  [OUTCOME]: Outcome | null;
}

/** Adds to the line that the log gets when the request is answered. */
export function noteOutcome(request: FastifyRequest, outcome: Outcome): void {
  const noted = request as FastifyRequest & NotedRequest;
  noted[OUTCOME] = noted[OUTCOME] ? Object.assign(noted[OUTCOME], outcome) : outcome;
}

/** What was noted of a request so far. */
export function outcomeOf(request: FastifyRequest): Outcome {
  return (request as FastifyRequest & NotedRequest)[OUTCOME] ?? {};
}

/** One line a request, with its id, which the answer carries too; the path without its query. */
export function registerRequestLog(fastify: FastifyInstance, logger: FastifyBaseLogger): void {
  fastify.decorateRequest(OUTCOME, null);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, url, id: reqId } = request;
    const path = url.split('?', 1)[0];
    const ms = Math.round(reply.elapsedTime * 100) / 100;
    const line = { reqId, method, path, status: reply.statusCode, ms };
    logger.info(Object.assign(line, (request as FastifyRequest & NotedRequest)[OUTCOME]), 'request');
    done();
  });
}
