import { type Client } from '../../clients/client.js';
import { grantedAudiences, grantedScopes } from '../../clients/requested-access.js';
import { type FormParameters } from '../../common/form-parameters.js';
import { REFRESH_TOKEN_GRANT } from '../../tokens/families/refresh-token-grant.js';

const OFFLINE_ACCESS = 'offline_access';

/**
 * What a client asks a person for. Offline access means nothing to a client that may not refresh, and is not
 * asked for then (A17).
 *
 * @throws OAuthError `invalid_scope` or `invalid_target`
 */
export function requestedOf(
  client: Client,
  parameters: FormParameters,
): { scopes: readonly string[]; audiences: readonly string[] } {
  const { values } = grantedScopes(client, parameters);
  const mayRefresh = client.mayUse(REFRESH_TOKEN_GRANT);
  return {
    scopes: mayRefresh ? values : values.filter((scope) => scope !== OFFLINE_ACCESS),
    audiences: grantedAudiences(client, parameters),
  };
}
