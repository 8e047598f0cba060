import { type Client } from './client.js';
import { isResourceIndicator } from './client-registration.js';
import { type FormParameters } from '../common/form-parameters.js';
import { OAuthError } from '../common/oauth-error.js';
import { ScopeSet } from '../common/scope-set.js';

/**
 * The scope of a first grant: what is asked for, or the client's default.
 *
 * @throws OAuthError `invalid_scope` when it is malformed or more than the client is registered for
 */
export function grantedScopes(client: Client, parameters: FormParameters): ScopeSet {
  const requested = requestedScopes(parameters);
  if (!requested) return client.defaultScopes;
  if (!requested.isWithin(client.scopes))
    throw OAuthError.invalidScope('scope is more than the client may have');
  return requested;
}

/**
 * The resources of a first grant: what is asked for, or all that the client is registered for.
 *
 * @throws OAuthError `invalid_target` (RFC 8707 §2)
 */
export function grantedAudiences(client: Client, parameters: FormParameters): readonly string[] {
  const requested = requestedAudiences(parameters);
  if (!requested) return client.audiences;
  if (!requested.every((audience) => client.audiences.includes(audience))) {
    throw OAuthError.invalidTarget('the client may not have this resource');
  }
  return requested;
}

/** @throws OAuthError `invalid_scope` */
export function requestedScopes(parameters: FormParameters): ScopeSet | undefined {
  const scope = parameters.optional('scope');
  return scope === undefined ? undefined : ScopeSet.parse(scope);
}

/** @throws OAuthError `invalid_target` */
export function requestedAudiences(parameters: FormParameters): readonly string[] | undefined {
  const resources = parameters.all('resource');
  if (!resources.every(isResourceIndicator)) {
    throw OAuthError.invalidTarget('resource must be an absolute URI without a fragment');
  }
  return resources.length > 0 ? [...new Set(resources)] : undefined;
}
