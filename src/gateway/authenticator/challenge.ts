import { type GatewayRoute } from '../routes/gateway-route.js';
import { type GatewayError } from './gateway-error.js';

/** The 401 of a route says how to come again (RFC 9110 §11.6.1, RFC 6750 §3); other errors are as they were. */
export function withChallenge(error: GatewayError, { name, config }: GatewayRoute): GatewayError {
  if (error.status !== 401) return error;
  const realm = `realm="${name.replace(/[^\x20-\x7E]|["\\]/g, '_')}"`;
  const reason = error.kind === 'no_credential' ? '' : `, error="invalid_token"`;
  const takesBasic = config.auth_methods.some((method) =>
    ['password', 'client_credentials'].includes(method),
  );
  const challenges = [`Bearer ${realm}${reason}`, ...(takesBasic ? [`Basic ${realm}, charset="UTF-8"`] : [])];
  return error.withHeaders({ 'www-authenticate': challenges.join(', ') });
}
