import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';

/**
 * Seconds that may have passed since the person authenticated (OIDC Core §3.1.2.1); 0 asks for it now.
 *
 * @throws OAuthError `invalid_request`
 */
export function maxAgeOf(parameters: FormParameters): number | undefined {
  const value = parameters.optional('max_age');
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw OAuthError.invalidRequest('max_age must be a number of seconds');
  return Number(value);
}
