import { randomUUID } from 'node:crypto';
import { Database } from '../../dist/database/database.js';
import { ClientSecretSeal } from '../../dist/gateway/routes/client-secret-seal.js';
import { GatewayRouteRepository } from '../../dist/gateway/routes/gateway-route.repository.js';
import { DEFAULT_CONFIG, DEFAULT_ROUTE } from '../../dist/gateway/routes/route-defaults.js';

/**
 * A route of the gateway as the benchmarks know it; what is not in `config` is as it is by default.
 *
 * @typedef {object} BenchRoute
 * @property {string} name
 * @property {string} path
 * @property {string} upstream a URL
 * @property {{ id: string, secret: string }} client
 * @property {Record<string, unknown>} config
 */

/**
 * @param {import('@nestjs/common').INestApplicationContext} app
 * @param {BenchRoute} route
 */
export async function addRoute(app, { name, path, upstream, client, config }) {
  const id = randomUUID();
  const row = {
    ...DEFAULT_ROUTE,
    id,
    name,
    paths: [path],
    upstream_url: upstream,
    config: { ...DEFAULT_CONFIG, client_id: client.id, scopes: [], ...config },
    ...app.get(ClientSecretSeal).seal(id, client.secret),
  };
  await app
    .get(Database)
    .transaction((transaction) => app.get(GatewayRouteRepository).insert(transaction, row));
}
