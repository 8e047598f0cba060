import { randomUUID } from 'node:crypto';
import { GatewayListener } from '../../src/gateway/gateway-listener.js';
import { type GatewayRoute, type RouteConfig } from '../../src/gateway/routes/gateway-route.js';
import { GatewayRouteRepository } from '../../src/gateway/routes/gateway-route.repository.js';
import { ClientSecretSeal } from '../../src/gateway/routes/client-secret-seal.js';
import { DEFAULT_CONFIG, DEFAULT_ROUTE } from '../../src/gateway/routes/route-defaults.js';
import { RouteDirectory } from '../../src/gateway/routes/route-directory.js';
import { Database } from '../../src/database/database.js';
import { type TestApp } from './test-app.js';
import { until } from './until.js';

type RouteOverrides = Partial<Omit<GatewayRoute, 'config'>> & {
  readonly upstream_url: string;
  readonly config?: Partial<RouteConfig>;
};

/** Where the gateway of an app with `GATEWAY_PORT` listens. */
export function gatewayUrl({ app }: TestApp): string {
  return `http://127.0.0.1:${app.get(GatewayListener).port}`;
}

/** Adds a route whose client is the demo client, unless told otherwise, and waits until it is in force here. */
export async function addRoute({ app }: TestApp, overrides: RouteOverrides): Promise<GatewayRoute> {
  const id = randomUUID();
  const { config: given, ...rest } = overrides;
  const { issuer = null, client_secret = 'demo-secret', ...others } = given ?? {};
  const route = {
    ...DEFAULT_ROUTE,
    id,
    name: `route-${id}`,
    ...rest,
    config: { ...DEFAULT_CONFIG, client_id: 'demo', ...others, issuer },
    ...app.get(ClientSecretSeal).seal(id, client_secret),
  };
  await app
    .get(Database)
    .transaction((transaction) => app.get(GatewayRouteRepository).insert(transaction, route));
  const directory = app.get(RouteDirectory);
  const [host = 'any.example'] = route.hosts;
  const [method = 'GET'] = route.methods;
  await until(() => directory.match(host, method, route.paths[0] ?? '/')?.id === id);
  return directory.match(host, method, route.paths[0] ?? '/')!;
}
