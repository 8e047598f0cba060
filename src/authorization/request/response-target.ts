import { type Client } from '../../clients/client.js';
import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { RESPONSE_MODES, type ResponseMode, type ResponseTarget } from './authorization-request.js';
import { isRegisteredRedirectUri } from './redirect-uri.js';

/**
 * Where the answer of a request goes. Until this is known whatever is wrong is told to the person alone.
 *
 * @throws OAuthError `invalid_request` when the redirect URI is not to be trusted (RFC 6749 §3.1.2.4)
 */
export function responseTargetOf(client: Client, parameters: FormParameters): ResponseTarget {
  const redirectUri = parameters.required('redirect_uri');
  if (!isRegisteredRedirectUri(client.redirectUris, redirectUri))
    throw OAuthError.invalidRequest('the redirect_uri is not registered for this client');
  const state = sole(parameters, 'state');
  return {
    clientId: client.id,
    redirectUri,
    responseMode: responseModeOf(parameters) ?? 'query',
    ...(state !== undefined && { state }),
  };
}

/** What the request names, where that is one of ours. That it is, a check says later. */
function responseModeOf(parameters: FormParameters): ResponseMode | undefined {
  const named = sole(parameters, 'response_mode');
  return RESPONSE_MODES.find((mode) => mode === named);
}

/** Of a parameter that is repeated none is taken: a check refuses it later, in an answer that needs this. */
function sole(parameters: FormParameters, name: string): string | undefined {
  const [value, second] = parameters.all(name);
  return second === undefined ? value : undefined;
}
