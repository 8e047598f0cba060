/** How a request may show who it is for, in the names of Kong's OpenID Connect plugin. */
export const AUTH_METHODS = ['refresh_token', 'password', 'bearer', 'client_credentials', 'session'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/** Where a refresh token may stand in a request. */
export const PARAMETER_PLACES = ['header', 'query', 'body', 'cookie'] as const;
export type ParameterPlace = (typeof PARAMETER_PLACES)[number];

/** How the gateway authenticates at the issuer's token endpoint (`basic` is `client_secret_basic`, and so on). */
export const CLIENT_AUTHS = ['basic', 'post', 'private_key_jwt', 'none'] as const;
export type ClientAuth = (typeof CLIENT_AUTHS)[number];

/**
 * What the gateway does on a route: Kong's fields, by Kong's names. A header is named as Kong does: `refresh_token`
 * means `Refresh-Token`, `authorization:bearer` means `Authorization: Bearer …`; `null` sends none.
 */
export interface RouteConfig {
  readonly auth_methods: readonly AuthMethod[];
  readonly refresh_token_param_name: string;
  readonly refresh_token_param_type: readonly ParameterPlace[];
  readonly upstream_access_token_header: string | null;
  readonly upstream_refresh_token_header: string | null;
  readonly downstream_access_token_header: string | null;
  readonly downstream_refresh_token_header: string | null;
  /** Our own issuer is called in process; any other through discovery. */
  readonly issuer: string;
  /** As whom the gateway asks the issuer; `null` where it never does. */
  readonly client_id: string | null;
  /** Sealed at rest, and in no answer. */
  readonly client_secret: string | null;
  readonly client_auth: ClientAuth;
  readonly scopes: readonly string[];
  /** Audiences of which an access token must name one; empty takes a token for anybody. */
  readonly audience: readonly string[];
  /** Seconds. */
  readonly leeway: number;
  readonly cache_tokens: boolean;
  /** Seconds. */
  readonly cache_ttl: number;
  /** Takes the credentials that the gateway used out of what goes upstream. */
  readonly hide_credentials: boolean;
  /** Milliseconds that the issuer may take. */
  readonly timeout: number;
  /** Renews access tokens of a session that are about to expire. */
  readonly refresh_tokens: boolean;
}

/** A route: which requests it takes, where they go, and what the gateway does in between. */
export interface GatewayRoute {
  /** A UUID. */
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Lower case, without port; `*.example.com` takes one label or more; empty takes any host. */
  readonly hosts: readonly string[];
  /** Prefixes at a segment's edge, each beginning with `/`. */
  readonly paths: readonly string[];
  /** Upper case; empty takes any. */
  readonly methods: readonly string[];
  /** http or https, with an optional path that the request's is put behind. */
  readonly upstream_url: string;
  /** Takes the prefix that matched away before the request goes upstream. */
  readonly strip_path: boolean;
  readonly config: RouteConfig;
}
