import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { ClientSecretSeal } from '../../src/gateway/routes/client-secret-seal.js';
import { GatewayRouteRepository, type RouteRow } from '../../src/gateway/routes/gateway-route.repository.js';
import { DEFAULT_CONFIG, DEFAULT_ROUTE } from '../../src/gateway/routes/route-defaults.js';
import { RouteDirectory } from '../../src/gateway/routes/route-directory.js';
import { RandomSource } from '../../src/common/random-source.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const SECRET = 'a secret of the route';

describe('the directory of routes', () => {
  let first: TestApp;
  let second: TestApp;
  beforeAll(async () => {
    first = await startApp({ GATEWAY_PORT: '0', REDIS_URL: undefined });
    const { REGRANT_KEYS } = first.environment;
    second = await startApp({ GATEWAY_PORT: '0', REDIS_URL: undefined, REGRANT_KEYS }, first.database);
    await first.app.get(RouteDirectory).ready();
    await second.app.get(RouteDirectory).ready();
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });

  const at = ({ app }: TestApp, path: string) => app.get(RouteDirectory).match('a.test', 'GET', path);

  function rowOf(name: string, overrides: Partial<RouteRow> = {}): RouteRow {
    const id = first.app.get(RandomSource).uuid();
    const sealed = first.app.get(ClientSecretSeal).seal(id, SECRET);
    const row = { ...DEFAULT_ROUTE, id, name, paths: [`/${name}`], upstream_url: 'http://127.0.0.1:1' };
    return { ...row, config: DEFAULT_CONFIG, ...sealed, ...overrides };
  }

  async function insert(row: RouteRow): Promise<void> {
    const routes = first.app.get(GatewayRouteRepository);
    await first.app.get(Database).transaction((transaction) => routes.insert(transaction, row));
  }

  async function update(row: RouteRow): Promise<void> {
    const routes = first.app.get(GatewayRouteRepository);
    await first.app.get(Database).transaction((transaction) => routes.update(transaction, row));
  }

  it('follows every change on every replica, without Redis and without a restart', async () => {
    const row = rowOf('shop');
    await insert(row);
    await until(() => at(first, '/shop') !== undefined && at(second, '/shop') !== undefined);
    await update({ ...row, paths: ['/store'] });
    await until(() => at(first, '/store') !== undefined && at(second, '/store') !== undefined);
    expect(at(second, '/shop')).toBeUndefined();
    await update({ ...row, paths: ['/store'], enabled: false });
    await until(() => at(first, '/store') === undefined && at(second, '/store') === undefined);
  });

  it('has our own issuer where a route names none, and opens its secret, which is stored sealed (L6)', async () => {
    const own = rowOf('own');
    await insert(own);
    await insert(rowOf('other', { config: { ...DEFAULT_CONFIG, issuer: 'https://issuer.test' } }));
    await until(() => at(second, '/other') !== undefined);
    expect(at(second, '/own')?.config).toMatchObject({ issuer: second.url, client_secret: SECRET });
    expect(at(second, '/other')?.config).toMatchObject({ issuer: 'https://issuer.test' });
    const { rows } = await first.database.pool.query('SELECT * FROM gateway_route');
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    expect(own.client_secret?.includes(SECRET)).toBe(false);
  });

  it("keeps a route whose secret can't be opened, without the secret, so that no other takes its requests", async () => {
    const stranger = first.app.get(ClientSecretSeal).seal('another route', SECRET);
    await insert(rowOf('lost', stranger));
    await until(() => at(second, '/lost') !== undefined);
    expect(at(second, '/lost')?.config.client_secret).toBeNull();
  });

  it('keeps the routes that it has while they can not be read, and reads again afterwards', async () => {
    await insert(rowOf('kept'));
    await until(() => at(second, '/kept') !== undefined);
    await first.database.pool.query('ALTER TABLE gateway_route RENAME COLUMN paths TO hidden');
    await first.database.pool.query(`NOTIFY gateway_route`);
    await insertRaw('/late');
    expect(at(second, '/kept')).toBeDefined();
    await first.database.pool.query('ALTER TABLE gateway_route RENAME COLUMN hidden TO paths');
    await until(() => at(second, '/late') !== undefined);
    expect(at(second, '/kept')).toBeDefined();
  });

  async function insertRaw(path: string): Promise<void> {
    await first.database.pool.query(
      `INSERT INTO gateway_route (id, name, enabled, hosts, hidden, methods, upstream_url, strip_path, config)
       VALUES (gen_random_uuid(), $1, true, '{}', ARRAY[$1], '{}', 'http://127.0.0.1:1', true, $2)`,
      [path, DEFAULT_CONFIG],
    );
  }
});
