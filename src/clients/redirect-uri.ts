import { isSecureUrl } from '../common/secure-url.js';

/** What stands in a header as it is; the host of a name in other letters is registered in ASCII (RFC 3492). */
const PRINTABLE_ASCII = /^[\x21-\x7E]+$/;
const PRIVATE_SCHEME = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/i;

/**
 * Whether a client may have people sent there: by TLS, to this machine, or to an app by a scheme that is a domain
 * name turned round (RFC 8252 §7).
 */
export function isSafeRedirectUri(value: string): boolean {
  return PRINTABLE_ASCII.test(value) && (isSecureUrl(value) || PRIVATE_SCHEME.test(value));
}
