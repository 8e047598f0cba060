import { type FastifyRequest } from 'fastify';
import { FormParameters } from '../common/form-parameters.js';

/**
 * The parameters of a request's URL, read as strictly as a form.
 *
 * @throws OAuthError `invalid_request`
 */
export function queryParameters({ url }: FastifyRequest): FormParameters {
  const start = url.indexOf('?');
  return FormParameters.parse(Buffer.from(start < 0 ? '' : url.slice(start + 1), 'latin1'));
}
