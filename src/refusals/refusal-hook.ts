import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { FormParameters } from '../common/form-parameters.js';
import { outcomeOf } from '../http/request-log.js';
import { type RefusalJournal } from './refusal-journal.js';

/** Where clients are told no more than they may know, and admins are asked why. */
const PATHS = ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect'];

/** A device hears these until somebody lets it in (RFC 8628 §3.5): no refusals. */
const NOT_YET = ['authorization_pending', 'slow_down'];

export interface RefusalHookOptions {
  /** The issuer's path. */
  readonly prefix: string;
  /** Of the text of a request, only what is known not to be a secret in the wrong place is kept. */
  readonly isGrantType: (text: string) => boolean;
}

/** Has client errors of the OAuth endpoints noted, once they are answered. No work for any other answer. */
export function registerRefusalHook(
  fastify: FastifyInstance,
  journal: RefusalJournal,
  { prefix, isGrantType }: RefusalHookOptions,
): void {
  const paths = new Map(PATHS.map((path) => [prefix + path, path]));
  fastify.addHook('onResponse', (request, reply, done) => {
    const status = reply.statusCode;
    if (status >= 400 && status < 500) {
      const path = paths.get(request.url.split('?', 1)[0] ?? '');
      if (path !== undefined) noteRefusal(journal, request, { path, status, isGrantType });
    }
    done();
  });
}

function noteRefusal(
  journal: RefusalJournal,
  request: FastifyRequest,
  { path, status, isGrantType }: { path: string; status: number } & Pick<RefusalHookOptions, 'isGrantType'>,
): void {
  const { clientId, familyId, error = 'invalid_request', reason = '', detail } = outcomeOf(request);
  if (NOT_YET.includes(error)) return;
  const [asked] = request.body instanceof FormParameters ? request.body.all('grant_type') : [];
  const grantType = asked !== undefined && isGrantType(asked) ? asked : undefined;
  journal.note({ requestId: request.id, path, status, error, reason, detail, clientId, familyId, grantType });
}
