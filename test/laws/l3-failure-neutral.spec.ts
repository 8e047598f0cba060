import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { familyRow } from '../support/families.js';
import { type Answer, basic, FORM, formBody } from '../support/http.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';
import { startService } from '../support/service-process.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';
import { startProxy, type TcpProxy, throughProxy } from '../support/tcp-proxy.js';
import { startApp, type TestApp } from '../support/test-app.js';

const GRACE_SECONDS = 2;
const OUTAGE_MS = 4_000;

/** A client that does as it is told: on 503 it waits and tries the same token again. */
async function refreshUntilAnswered(url: string, token: string): Promise<{ answer: Answer; faults: number }> {
  for (let faults = 0; ; faults += 1) {
    const answer = await refresh(url, token);
    if (answer.status !== 503) return { answer, faults };
    expect(answer.body.error).toBe('temporarily_unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    await delay(100);
  }
}

/** L3: after any fault the client holds a token that works, or gets one by retrying. */
describe('L3 failure-neutral', () => {
  let postgres: PostgresServer;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let service: TestApp;
  beforeAll(async () => {
    postgres = await startPostgres();
    database = await createEmptyDatabase(postgres.url);
    proxy = await startProxy(postgres.port);
    service = await startApp(
      {
        DATABASE_URL: throughProxy(database.url, proxy),
        ROTATION_GRACE_SECONDS: String(GRACE_SECONDS),
        DATABASE_TIMEOUT_MS: '1000',
      },
      database,
    );
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await proxy.stop();
    await database.drop();
    await postgres.stop();
  });

  it('gives the same successor when the answer was cut off before the client read it', async () => {
    const token = await firstRefreshToken(service.url);
    await sendAndHangUp(service.url, token);
    while ((await familyRow(database.pool, token))?.generation !== 1) await delay(5);
    const { answer } = await refreshUntilAnswered(service.url, token);
    expect(answer.status).toBe(200);
    expect((await refresh(service.url, answer.body.refresh_token!)).status).toBe(200);
  });

  it('answers 503 when the connection is cut after the rotation committed, and the retry succeeds, 25 times', async () => {
    let token = await firstRefreshToken(service.url);
    for (let round = 0; round < 25; round += 1) {
      const cut = proxy.cutAfter('family_rotate');
      const lost = await refresh(service.url, token);
      await cut;
      expect([lost.status, lost.body.error]).toEqual([503, 'temporarily_unavailable']);
      const { answer } = await refreshUntilAnswered(service.url, token);
      expect(answer.status).toBe(200);
      token = answer.body.refresh_token!;
    }
    expect(await familyRow(database.pool, token)).toMatchObject({ generation: 25, revoked_at: null });
  }, 120_000);

  it('takes no honest retry for a replay after an outage longer than the grace window (keycloak#49213)', async () => {
    const token = await firstRefreshToken(service.url);
    const cut = proxy.cutAfter('family_rotate');
    expect((await refresh(service.url, token)).status).toBe(503);
    await cut;
    proxy.block();
    setTimeout(() => {
      proxy.unblock();
    }, OUTAGE_MS);
    const { answer, faults } = await refreshUntilAnswered(service.url, token);
    expect(faults).toBeGreaterThan(0);
    expect(answer.status).toBe(200);
    expect((await refresh(service.url, answer.body.refresh_token!)).status).toBe(200);
  }, 120_000);

  it('strands none of 32 clients whose Postgres is stopped and started while they refresh', async () => {
    const tokens = await Promise.all(Array.from({ length: 32 }, () => firstRefreshToken(service.url)));
    let isOver = false;
    let faults = 0;
    const clients = tokens.map(async (first) => {
      for (let token = first; ;) {
        const result = await refreshUntilAnswered(service.url, token);
        expect([result.answer.status, result.answer.body.error]).toEqual([200, undefined]);
        faults += result.faults;
        token = result.answer.body.refresh_token!;
        if (isOver) return;
      }
    });
    await delay(300);
    await postgres.pause();
    await delay(OUTAGE_MS);
    await postgres.resume();
    await delay(1_000);
    isOver = true;
    await Promise.all(clients);
    expect(faults).toBeGreaterThan(0);
  }, 120_000);

  it('strands none of 16 clients whose process is killed while they refresh', async () => {
    const { REGRANT_KEYS } = service.environment;
    const replica = await startService(database.url, { REGRANT_KEYS });
    const tokens = await Promise.all(Array.from({ length: 16 }, () => firstRefreshToken(replica.url)));
    const clients = tokens.map(async (first) => {
      for (let token = first; ;) {
        const answer = await refresh(replica.url, token).catch(() => undefined);
        if (!answer) return refreshUntilAnswered(service.url, token);
        expect(answer.status).toBe(200);
        token = answer.body.refresh_token!;
      }
    });
    await delay(500);
    await replica.stop('SIGKILL');
    for (const { answer } of await Promise.all(clients)) expect(answer.status).toBe(200);
  }, 120_000);
});

/** Sends a refresh and closes the connection at once. */
function sendAndHangUp(url: string, token: string): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const body = formBody({ grant_type: 'refresh_token', refresh_token: token });
  const head = [
    'POST /oauth2/token HTTP/1.1',
    `Host: ${host}`,
    `Authorization: ${basic(DEMO.id, DEMO.secret!)}`,
    `Content-Type: ${FORM}`,
    `Content-Length: ${body.length}`,
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
        socket.destroy();
        resolve();
      });
    });
    socket.once('error', reject);
  });
}
