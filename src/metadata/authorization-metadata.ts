import { AUTHORIZE_PATH } from '../authorization/authorize.controller.js';
import { PUSHED_REQUESTS_PATH } from '../authorization/pushed/pushed-requests.controller.js';
import { PROMPTS, RESPONSE_MODES } from '../authorization/request/authorization-request.js';

/** What is said of how people authorize clients (RFC 8414 §2, RFC 9126 §5, RFC 9207 §3, OIDC Discovery §3). */
export interface AuthorizationMetadata {
  readonly authorization_endpoint: string;
  readonly pushed_authorization_request_endpoint: string;
  readonly require_pushed_authorization_requests: boolean;
  readonly response_modes_supported: readonly string[];
  readonly code_challenge_methods_supported: readonly string[];
  readonly authorization_response_iss_parameter_supported: boolean;
  readonly prompt_values_supported: readonly string[];
  readonly ui_locales_supported: readonly string[];
  readonly request_parameter_supported: boolean;
  readonly request_uri_parameter_supported: boolean;
  readonly claims_parameter_supported: boolean;
}

/** @param languages of the pages, as language tags */
export function authorizationMetadata(
  issuer: string,
  isPushingRequired: boolean,
  languages: readonly string[],
): AuthorizationMetadata {
  return {
    authorization_endpoint: `${issuer}/${AUTHORIZE_PATH}`,
    pushed_authorization_request_endpoint: `${issuer}/${PUSHED_REQUESTS_PATH}`,
    require_pushed_authorization_requests: isPushingRequired,
    response_modes_supported: RESPONSE_MODES,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    prompt_values_supported: PROMPTS,
    ui_locales_supported: languages,
    request_parameter_supported: false,
    // Those that clients make themselves; left out it would mean true.
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  };
}
