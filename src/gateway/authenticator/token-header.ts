import { LRUCache } from 'lru-cache';

/** A header as Kong names it: `refresh_token` is `Refresh-Token`, `authorization:bearer` has the scheme before the token. */
export interface TokenHeader {
  readonly name: string;
  readonly scheme: string | undefined;
}

/** Of routes, so few. */
const known = new LRUCache<string, TokenHeader>({ max: 1_000 });

export function parseTokenHeader(text: string): TokenHeader {
  let header = known.get(text);
  if (!header) known.set(text, (header = parse(text)));
  return header;
}

function parse(text: string): TokenHeader {
  const [name = '', scheme] = text.split(':', 2);
  return { name: name.split(/[_-]/).map(capitalised).join('-'), scheme: scheme && capitalised(scheme) };
}

/** The headers that one side gets. Where there is no header or no token there is nothing. */
export function tokenHeaders(
  { accessToken, refreshToken }: { readonly accessToken: string; readonly refreshToken?: string },
  accessTokenHeader: string | null,
  refreshTokenHeader: string | null,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (accessTokenHeader !== null) add(headers, accessTokenHeader, accessToken);
  if (refreshTokenHeader !== null && refreshToken !== undefined)
    add(headers, refreshTokenHeader, refreshToken);
  return headers;
}

function add(headers: Record<string, string>, text: string, token: string): void {
  const { name, scheme } = parseTokenHeader(text);
  headers[name] = scheme === undefined ? token : `${scheme} ${token}`;
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}
