import { type GrantCredential } from '../credentials/credential.js';
import { type RouteConfig } from '../routes/gateway-route.js';

/** Scopes that are about a person. */
const OF_PEOPLE = ['openid', 'offline_access', 'profile', 'email'];

/** The token request for a credential, but for who asks (RFC 6749 §4.3, §4.4, §6). A refresh keeps the scope granted. */
export function grantParameters(
  credential: GrantCredential,
  { scopes }: RouteConfig,
): Record<string, string> & { readonly grant_type: string } {
  switch (credential.method) {
    case 'refresh_token':
      return { grant_type: 'refresh_token', refresh_token: credential.refreshToken };
    case 'password': {
      const { username, password } = credential;
      return { grant_type: 'password', username, password, ...scopeOf(scopes) };
    }
    case 'client_credentials':
      return {
        grant_type: 'client_credentials',
        ...scopeOf(scopes.filter((scope) => !OF_PEOPLE.includes(scope))),
      };
  }
}

function scopeOf(scopes: readonly string[]): Record<string, string> {
  return scopes.length === 0 ? {} : { scope: scopes.join(' ') };
}
