import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { type Prompt, PROMPTS } from './authorization-request.js';

/**
 * What the client asks of the person, none or several (OIDC Core §3.1.2.1).
 *
 * @throws OAuthError `invalid_request` for another one, and for `none` among others
 */
export function promptsOf(parameters: FormParameters): readonly Prompt[] {
  const named = parameters.optional('prompt')?.split(' ') ?? [];
  if (!named.every(isPrompt)) throw OAuthError.invalidRequest(`prompt must be among ${PROMPTS.join(', ')}`);
  if (named.includes('none') && named.length > 1)
    throw OAuthError.invalidRequest('prompt none stands alone or not at all');
  return named;
}

function isPrompt(value: string): value is Prompt {
  return (PROMPTS as readonly string[]).includes(value);
}
