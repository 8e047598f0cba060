import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { RESPONSE_MODES } from './authorization-request.js';

/**
 * Only the code flow: implicit and hybrid flows put tokens into URLs (RFC 9700 §2.1.2).
 *
 * @throws OAuthError `invalid_request`, or `unsupported_response_type` (RFC 6749 §4.1.2.1)
 */
export function requireCodeFlow(parameters: FormParameters): void {
  if (parameters.required('response_type') !== 'code')
    throw OAuthError.unsupportedResponseType('response_type must be code');
  const mode = parameters.optional('response_mode');
  if (mode !== undefined && !(RESPONSE_MODES as readonly string[]).includes(mode))
    throw OAuthError.invalidRequest(`response_mode must be ${RESPONSE_MODES.join(' or ')}`);
}
