import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';

/**
 * What a client counts on, and so must not be ignored (OIDC Core §3.1.2.6, §6). `claims`, `acr_values` and
 * `display` are wishes, which may be.
 *
 * @throws OAuthError
 */
export function refuseUnsupported(parameters: FormParameters): void {
  if (parameters.all('request').length > 0)
    throw OAuthError.requestNotSupported('request objects are not supported');
  if (parameters.all('request_uri').length > 0)
    throw OAuthError.requestUriNotSupported('only pushed authorization requests have a request_uri here');
  if (parameters.all('registration').length > 0)
    throw OAuthError.registrationNotSupported('registration is not supported');
}
