import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { FormParameters } from '../common/form-parameters.js';
import { OAuthError } from '../common/oauth-error.js';
import { registerStreamedBody } from './streamed-body.js';

/** Largest request body, in bytes; more is answered 413. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * Body parsers: JSON as usual, forms strictly. Any other type is read and dropped, so that an endpoint
 * that wants a form says so in OAuth's words instead of a 415.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (_request, body, done) => {
      try {
        done(null, FormParameters.parse(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    fastify.getDefaultJsonParser('error', 'error'),
  );
  registerStreamedBody(fastify);
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => {
    done(null, undefined);
  });
}

/**
 * The form that an OAuth endpoint was sent.
 *
 * @throws OAuthError `invalid_request` for another content type, or parameters in the query (RFC 6749 §2.3.1)
 */
export function requireForm(request: FastifyRequest): FormParameters {
  if (/\?./.test(request.url))
    throw OAuthError.invalidRequest('parameters belong in the body, not in the URL');
  if (request.body instanceof FormParameters) return request.body;
  throw OAuthError.invalidRequest('the body must be application/x-www-form-urlencoded');
}
