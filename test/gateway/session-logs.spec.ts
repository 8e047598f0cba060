import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { basic, send } from '../support/http.js';
import { ADMIN, adminToken, managementClient } from '../support/management.js';
import { firstRefreshToken } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { until } from '../support/until.js';

const WRONG_PASSWORD = 'wrong-password-of-john';

describe('the log of the gateway', () => {
  let upstream: Upstream;
  let database: TestDatabase;
  let service: ServiceProcess;
  let gateway: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    database = await createDatabase();
    const port = await freePort();
    gateway = `http://127.0.0.1:${port}`;
    service = await startService(database.url, {
      LOG_LEVEL: 'trace',
      GATEWAY_PORT: String(port),
      ADMIN_CLIENT_ID: ADMIN.id,
      ADMIN_CLIENT_SECRET: ADMIN.secret,
    });
    const admin = managementClient(service.url, await adminToken(service.url));
    const config = {
      client_id: 'demo',
      client_secret: 'demo-secret',
      auth_methods: ['session', 'refresh_token', 'password', 'bearer'],
    };
    const route = { name: 'all', upstream_url: upstream.url, config };
    expect((await admin.post('/gateway/routes', route)).status).toBe(201);
    await until(async () => (await call({})).status === 401);
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await database.drop();
    await upstream.stop();
  });

  const call = (headers: Record<string, string>) => send(gateway, { method: 'GET', headers });

  it('holds no credential that was used, taken or refused, at any level (L6)', async () => {
    const token = await firstRefreshToken(service.url);
    const first = await call({ 'refresh-token': token });
    const [set = ''] = [first.headers['set-cookie'] ?? []].flat();
    const [cookie = ''] = set.split(';');
    const { headers } = first.body as unknown as { headers: Record<string, string> };
    const authorization = headers.Authorization!;
    const answers = [
      await call({ cookie }),
      await call({ authorization }),
      await call({ authorization: basic('john', WRONG_PASSWORD) }),
      await call({ 'refresh-token': `${token.slice(0, -8)}AAAAAAAA` }),
      await call({ cookie: cookie.slice(0, -40) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401, 401]);
    await service.stop();
    const log = service.output();
    expect(log).toContain('"outcome":"proxied"');
    expect(log).toContain('"outcome":"refused"');
    const secrets = [token, cookie.slice(cookie.indexOf('=') + 1), authorization.slice(7), WRONG_PASSWORD];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(log).not.toContain(secret);
    }
  });
});
