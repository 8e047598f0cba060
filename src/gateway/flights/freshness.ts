import { type RouteConfig } from '../routes/gateway-route.js';
import { type TokenRecord } from './token-record.js';

/** An access token is renewed so long before its expiry (milliseconds), or at nine tenths of a short life. */
const RENEWED_BEFORE = 10_000;
const SHARE_RENEWED = 0.1;

/** What a request asks of a record that it is to be answered from. Moments in milliseconds since the epoch. */
export interface Wanted {
  readonly now: number;
  /** When the request came: what was granted since then was granted for requests like it, cached or not. */
  readonly since: number;
  /** An access token that is known to be dead. */
  readonly dead: string | undefined;
}

/** Whether a record's access token will do. */
export function isFresh({ tokens, grantedAt }: TokenRecord, config: RouteConfig, wanted: Wanted): boolean {
  if (tokens.accessToken === wanted.dead) return false;
  const lifetime = tokens.expiresAt - grantedAt;
  const margin = config.refresh_tokens ? Math.min(RENEWED_BEFORE, lifetime * SHARE_RENEWED) : 0;
  if (wanted.now >= tokens.expiresAt - margin) return false;
  return (
    grantedAt >= wanted.since || (config.cache_tokens && wanted.now < grantedAt + config.cache_ttl * 1000)
  );
}

/**
 * Whether a successor is presented while the access token that came with it will still do, as that in the cookie of a
 * session is: it then has a record of its own, or each request would exchange it.
 */
export function comesBackAtOnce({ auth_methods }: RouteConfig): boolean {
  return auth_methods.includes('session');
}

/** Milliseconds that a refresh token is good for where its issuer does not say. */
export const UNTOLD_LIFETIME = 30 * 86_400_000;

/**
 * Until when an exchanged token stands for its successor (milliseconds since the epoch). A client that is told of the
 * successor presents that; an old token that comes once the access token is over then goes to the issuer, which knows a
 * replay when it sees one. One that is told nothing has only its old token, for as long as the successor lives. A token
 * that never left the gateway nobody presents. See docs/adr/0024.
 */
export function standsUntil(
  { tokens, grantedAt }: TokenRecord,
  config: RouteConfig,
  wasPresented: boolean,
): number {
  const isTold = config.downstream_refresh_token_header !== null;
  const hasLeft = wasPresented || config.upstream_refresh_token_header !== null;
  if (isTold || !hasLeft) return tokens.expiresAt;
  return tokens.refreshExpiresAt ?? grantedAt + UNTOLD_LIFETIME;
}
