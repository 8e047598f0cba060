import { type GatewayHeaders } from './gateway-request.js';

/** What goes on in place of the request that came. */
export interface CleanedRequest {
  /** Without credentials that are to be hidden and without what only the gateway may say, the tokens set. */
  readonly headers: GatewayHeaders;
  /** Path and query. */
  readonly target: string;
  /** Where it was read; otherwise the body goes on as it comes. */
  readonly body?: Buffer;
}

/** Who a request is for, and what goes to either side of it. */
export interface Verdict {
  /** `sub` of the access token, where that says so. */
  readonly subject: string | undefined;
  /** Headers that the upstream gets, by their names; part of {@link cleaned} already. */
  readonly upstreamHeaders: Readonly<Record<string, string>>;
  /** Headers that the answer gets, by their names. */
  readonly downstreamHeaders: Readonly<Record<string, string>>;
  /** The cookie of a session that begins with the answer, or goes on. */
  readonly setCookie: string | undefined;
  readonly cleaned: CleanedRequest;
}
