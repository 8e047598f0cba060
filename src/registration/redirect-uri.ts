import { isSecureUrl } from '../common/secure-url.js';

/**
 * Whether a client that nobody has looked at may have people sent there: by TLS, to this machine, or to an app
 * by a scheme that is a domain name turned round (RFC 8252 §7).
 */
export function isSafeRedirectUri(value: string): boolean {
  return isSecureUrl(value) || /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/i.test(value);
}
