import { type GatewayRoute, type RouteConfig } from './gateway-route.js';

/** A route's configuration as stored: an issuer of its own only where it is not ours, and no secret. */
export type StoredConfig = Omit<RouteConfig, 'issuer' | 'client_secret'> & { readonly issuer: string | null };

/** Kong's defaults. `issuer: null` is this server itself. */
export const DEFAULT_CONFIG: StoredConfig = {
  auth_methods: ['refresh_token', 'password', 'bearer', 'client_credentials'],
  refresh_token_param_name: 'refresh_token',
  refresh_token_param_type: ['header', 'query', 'body'],
  upstream_access_token_header: 'authorization:bearer',
  upstream_refresh_token_header: null,
  downstream_access_token_header: null,
  downstream_refresh_token_header: null,
  issuer: null,
  client_id: null,
  client_auth: 'basic',
  scopes: ['openid'],
  audience: [],
  leeway: 0,
  cache_tokens: true,
  cache_ttl: 3_600,
  hide_credentials: true,
  timeout: 10_000,
  refresh_tokens: true,
};

/** What a route is where nobody says otherwise: it takes every request. */
export const DEFAULT_ROUTE = {
  enabled: true,
  hosts: [],
  paths: ['/'],
  methods: [],
  strip_path: true,
} as const satisfies Partial<GatewayRoute>;
