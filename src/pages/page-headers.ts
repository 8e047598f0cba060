import { isSecureUrl } from '../common/secure-url.js';

const TWO_YEARS = 63_072_000;

/** What a page may do beyond the least. */
export interface PagePermissions {
  /** A redirect URI of a client, where submitting a form of the page ends up there. */
  readonly formTarget?: string;
  /** It loads our script. */
  readonly hasScript?: boolean;
}

/** Headers of every page: it is kept nowhere, framed by nobody, and loads and sends nothing elsewhere. */
export function pageHeaders(isSecure: boolean, permissions: PagePermissions = {}): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(permissions),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // Not no-referrer: browsers would say `Origin: null` of our own forms.
    'referrer-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(isSecure && { 'strict-transport-security': `max-age=${TWO_YEARS}` }),
  };
}

function contentSecurityPolicy({ formTarget, hasScript = false }: PagePermissions): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ...(hasScript ? ["script-src 'self'"] : []),
    `form-action 'self'${formTarget === undefined ? '' : ` ${sourceOf(formTarget)}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/**
 * Browsers apply `form-action` to every redirect that follows, and a client's page may redirect on to another host of
 * its own: so any https host where the client's is one, and nothing but the client where it is an app.
 */
function sourceOf(redirectUri: string): string {
  const { protocol, origin } = new URL(redirectUri);
  if (protocol === 'https:') return 'https:';
  return isSecureUrl(redirectUri) ? origin : protocol;
}
