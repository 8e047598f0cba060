import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port.js';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { firstRefreshToken } from '../support/oauth.js';
import { type Replicas, startReplicas } from '../support/replicas.js';
import { send } from '../support/http.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { createUser } from '../support/test-app.js';
import { until } from '../support/until.js';

const ROUNDS = 200;
const AT_ONCE = 50;
/** Times that a request is sent again. */
const PATIENCE = 20;

describe('requests at once with one refresh token, on two processes', () => {
  let upstream: Upstream;
  let replicas: Replicas;
  let gateways: string[];
  beforeAll(async () => {
    upstream = await startUpstream();
    const port = await freePort();
    // The one in this process takes any port: its own is set aside for the other.
    replicas = await startReplicas(
      { GATEWAY_PORT: '0', ROTATION_GRACE_SECONDS: '0' },
      { GATEWAY_PORT: String(port) },
    );
    gateways = [gatewayUrl(replicas.here), `http://127.0.0.1:${port}`];
    await addRoute(replicas.here, {
      upstream_url: upstream.url,
      config: { auth_methods: ['refresh_token'], upstream_refresh_token_header: 'refresh_token' },
    });
    await until(async () => (await send(gateways[1]!, { method: 'GET' })).status === 401);
  });
  afterAll(async () => {
    await replicas.stop();
    await upstream.stop();
  });

  /**
   * On connections that are kept: so many requests would find too few ports otherwise. A machine that is busy may
   * answer 503, which decides nothing: the same request again is answered as if it had come once.
   */
  async function get(gateway: string, token: string) {
    let answer = await fetch(gateway, { headers: { 'refresh-token': token } });
    for (let again = 0; answer.status === 503 && again < PATIENCE; again += 1) {
      await answer.body?.cancel();
      await delay(500);
      answer = await fetch(gateway, { headers: { 'refresh-token': token } });
    }
    const { headers } = (await answer.json()) as {
      headers: Record<'Authorization' | 'Refresh-Token', string>;
    };
    return { status: answer.status, headers };
  }

  async function generation(familyToken: string): Promise<{ generation: number; revoked: boolean }> {
    const familyId = Buffer.from(familyToken.slice(4), 'base64url').toString('hex', 1, 17);
    const { rows } = await replicas.here.database.pool.query<{ generation: number; revoked: boolean }>(
      `SELECT generation, revoked_at IS NOT NULL AS revoked FROM token_family WHERE id = $1::uuid`,
      [familyId],
    );
    return rows[0]!;
  }

  it(`make one grant in each of ${ROUNDS} rounds, without grace, and trip no replay alarm`, async () => {
    let token = await firstRefreshToken(replicas.here.url);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const present = (_: unknown, index: number) => get(gateways[index % 2]!, token);
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, present));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const [sent, second] = new Set(answers.map(({ headers }) => JSON.stringify(headers.Authorization)));
      expect([typeof sent, second]).toEqual(['string', undefined]);
      expect(await generation(token)).toEqual({ generation: round, revoked: false });
      token = answers[0]!.headers['Refresh-Token'];
    }
  }, 170_000);

  it('keep nothing by which whoever has the database could use a token (L6)', async () => {
    const token = await firstRefreshToken(replicas.here.url);
    const successor = (await get(gateways[0]!, token)).headers;
    const { rows } = await replicas.here.database.pool.query<{ id: Buffer; sealed: Buffer }>(
      'SELECT id, sealed FROM gateway_successor',
    );
    const stored = Buffer.concat(rows.flatMap(({ id, sealed }) => [id, sealed]));
    for (const secret of [token, successor['Refresh-Token'], successor.Authorization.slice(7)]) {
      expect(stored.includes(secret)).toBe(false);
      expect(stored.includes(createHash('sha256').update(secret).digest())).toBe(false);
    }
  });

  it('of many users at once each get their own', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `mixed-${index}`);
    const users = await Promise.all(
      names.map(async (username) => {
        const sub = await createUser(replicas.here, username, 'a good password');
        const token = await firstRefreshToken(replicas.here.url, undefined, {
          username,
          password: 'a good password',
        });
        return { sub, token };
      }),
    );
    const requests = Array.from({ length: 10 }, () => users).flat();
    await Promise.all(
      requests.map(async ({ sub, token }, index) => {
        const { headers } = await get(gateways[index % 2]!, token);
        const [, claims = ''] = headers.Authorization.split('.');
        expect((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub).toBe(sub);
      }),
    );
  });
});
