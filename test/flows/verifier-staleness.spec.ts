import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TokenRefusedError, TokenVerifier } from '../../src/verifier/token-verifier.js';
import { testEnvironment } from '../support/environment.js';
import { freePort } from '../support/free-port.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, signIn } from '../support/oauth.js';
import { type ServiceProcess, startProgram } from '../support/service-process.js';
import { startProxy, type TcpProxy, throughProxy } from '../support/tcp-proxy.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/** A verifier that follows a replica which is cut off from Postgres, while another goes on revoking. */
describe('staleness', () => {
  let database: TestDatabase;
  let writing: TestApp;
  let url: string;
  let proxy: TcpProxy;
  let cutOff: ServiceProcess;
  let verifier: TokenVerifier;
  beforeAll(async () => {
    database = await createDatabase();
    const port = await freePort();
    const shared = { ISSUER: `http://127.0.0.1:${port}`, REDIS_URL: undefined };
    writing = await startApp(shared, database);
    url = `http://127.0.0.1:${writing.environment.HTTP_PORT}`;
    proxy = await startProxy(Number(new URL(database.url).port));
    const { REGRANT_KEYS } = writing.environment;
    const overrides = { ...shared, REGRANT_KEYS, SSE_HEARTBEAT: '1' };
    cutOff = await startProgram(testEnvironment(throughProxy(database.url, proxy), port, overrides), port);
  }, 120_000);
  afterAll(async () => {
    verifier.stop();
    await cutOff.stop();
    await proxy.stop();
    await writing.stop();
    await database.drop();
  });

  const outcome = (token: string): Promise<string> =>
    verifier.verify(token).then(
      () => 'alive',
      (error: unknown) => (error as TokenRefusedError).reason,
    );

  it('shows though heartbeats could be sent, and what was missed is never taken for alive', async () => {
    verifier = await TokenVerifier.start({
      issuer: cutOff.url,
      credentials: { clientId: DEMO.id, clientSecret: DEMO.secret! },
      maxStaleness: 4,
    });
    const token = (await signIn(url)).body.access_token!;
    await until(async () => (await outcome(token)) === 'alive');
    proxy.block();
    await until(async () => (await outcome(token)) === 'stale');
    const authorization = basic(DEMO.id, DEMO.secret!);
    expect((await postForm(`${url}/oauth2/revoke`, { token }, { authorization })).status).toBe(200);
    proxy.unblock();
    const seen = new Set<string>();
    await until(async () => {
      seen.add(await outcome(token));
      return seen.has('revoked');
    });
    expect([...seen]).toEqual(['stale', 'revoked']);
    await until(async () => (await outcome((await signIn(url)).body.access_token!)) === 'alive');
  }, 120_000);
});
