import { type GatewayRoute, type RouteConfig } from '../../src/gateway/routes/gateway-route.js';
import { DEFAULT_CONFIG, DEFAULT_ROUTE } from '../../src/gateway/routes/route-defaults.js';

type Overrides = Partial<Omit<GatewayRoute, 'config'>> & { readonly config?: Partial<RouteConfig> };

/** A route as the gateway has it in memory: takes everything, but for what is overridden. */
export function gatewayRoute({ config, ...overrides }: Overrides = {}): GatewayRoute {
  const name = overrides.name ?? 'all';
  return {
    ...DEFAULT_ROUTE,
    id: name,
    name,
    upstream_url: 'http://127.0.0.1:1',
    ...overrides,
    config: { ...DEFAULT_CONFIG, issuer: 'http://127.0.0.1:2', client_secret: null, ...config },
  };
}
