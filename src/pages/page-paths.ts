/** Below the issuer's path: where people come, not programs. Errors there are pages, and no other origin may call. */
const PAGE_PATHS = [
  '/sign-in',
  '/sign-out',
  '/signed-out',
  '/account',
  '/device',
  '/oauth2/authorize',
  '/oauth2/logout',
  '/demo',
];

/** Whether the URL of a request is a page's, or below one's. */
export function isPageUrl(url: string, issuerPath: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return PAGE_PATHS.some((page) => path === issuerPath + page || path.startsWith(`${issuerPath}${page}/`));
}
