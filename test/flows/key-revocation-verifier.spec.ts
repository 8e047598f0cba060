import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { decodeJwt } from 'jose';
import { KeyRevocationService } from '../../src/revocation/keys/key-revocation.service.js';
import { signCompactJws } from '../../src/tokens/keys/compact-jws.js';
import { type TokenKey } from '../../src/tokens/keys/token-key.js';
import { TokenKeyService } from '../../src/tokens/keys/token-key.service.js';
import { AccessTokenGuard, TokenVerifierModule } from '../../src/verifier/nest/token-verifier.module.js';
import {
  type TokenRefusedError,
  TokenVerifier,
  type TokenVerifierOptions,
} from '../../src/verifier/token-verifier.js';
import { send } from '../support/http.js';
import { DEMO, firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const credentials = { clientId: DEMO.id, clientSecret: DEMO.secret! };

@Controller('orders')
@UseGuards(AccessTokenGuard)
class OrdersController {
  @Get()
  list() {
    return [];
  }
}

/** Verifiers that learn of a revoked key. */
describe('TokenVerifier, when a key of the server is revoked', () => {
  let server: TestApp;
  let redis: Redis;
  beforeAll(async () => {
    server = await startApp({ SSE_HEARTBEAT: '1' });
    redis = new Redis(process.env.TEST_REDIS_URL!);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  const verifiers: TokenVerifier[] = [];
  afterEach(() => {
    for (const verifier of verifiers.splice(0)) verifier.stop();
  });

  async function start(source: 'SSE' | 'Redis', options: Partial<TokenVerifierOptions> = {}) {
    const stream = `${server.environment.REDIS_KEY_PREFIX!}revocations`;
    const verifier = await TokenVerifier.start({
      issuer: server.url,
      credentials,
      redis: source === 'Redis' ? { client: redis, stream } : undefined,
      ...options,
    });
    verifiers.push(verifier);
    return verifier;
  }
  const signer = (): TokenKey => server.app.get(TokenKeyService).current('ES256');
  const revoke = ({ kid }: TokenKey) => server.app.get(KeyRevocationService).revoke(kid, 'a test');
  const issue = async (): Promise<string> => (await signIn(server.url)).body.access_token!;
  /** As whoever has got hold of the key would: never issued, and so never revoked by itself. */
  const forge = (key: TokenKey, token: string): Promise<string> =>
    signCompactJws(key, 'at+jwt', { ...decodeJwt(token), jti: crypto.randomUUID(), sid: undefined });
  const outcome = (verifier: TokenVerifier, token: string): Promise<string> =>
    verifier.verify(token).then(
      () => 'alive',
      (error: unknown) => (error as TokenRefusedError).reason,
    );
  const becomes = (verifier: TokenVerifier, token: string, expected: string) =>
    until(async () => (await outcome(verifier, token)) === expected);

  it.each(['SSE', 'Redis'] as const)('by %s refuses its tokens, known or not (L2)', async (source) => {
    const verifier = await start(source);
    const key = signer();
    const [known, unknown] = [await issue(), await issue()];
    const forged = await forge(key, known);
    expect(await outcome(verifier, known)).toBe('alive');
    await revoke(key);
    await becomes(verifier, known, 'revoked');
    expect(await outcome(verifier, unknown)).toBe('revoked');
    expect(await outcome(verifier, forged)).toBe('revoked');
  });

  it.each(['SSE', 'Redis'] as const)(
    'by %s takes at once what the new key signs, however lately it fetched the keys',
    async (source) => {
      const verifier = await start(source, { maxStaleness: 3 });
      const old = await issue();
      const session = await firstRefreshToken(server.url);
      expect(await outcome(verifier, old)).toBe('alive');
      await revoke(signer());
      await becomes(verifier, old, 'revoked');
      const { status, body } = await refresh(server.url, session);
      expect(status).toBe(200);
      await becomes(verifier, body.access_token!, 'alive');
      // Its own access token was of the revoked key too.
      await revoke(signer());
      await becomes(verifier, body.access_token!, 'revoked');
    },
  );

  it('refuses by the snapshot what a key signed that was revoked before it started', async () => {
    const [key, token] = [signer(), await issue()];
    const forged = await forge(key, token);
    await revoke(key);
    const verifier = await start('SSE');
    await becomes(verifier, token, 'revoked');
    expect(await outcome(verifier, forged)).toBe('revoked');
    expect(await outcome(verifier, await issue())).toBe('alive');
  });

  it('has the guard turn its tokens away', async () => {
    @Module({
      imports: [TokenVerifierModule.register({ issuer: server.url, credentials })],
      controllers: [OrdersController],
    })
    class OrdersModule {}
    const app = await NestFactory.create<NestFastifyApplication>(OrdersModule, new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const url = `${await app.getUrl()}/orders`;
    const get = (token: string) =>
      send(url, { method: 'GET', headers: { authorization: `Bearer ${token}` } });
    try {
      const token = await issue();
      expect((await get(token)).status).toBe(200);
      await revoke(signer());
      await until(async () => (await get(token)).status === 401);
      const { body } = await get(token);
      expect(body).toEqual({
        error: 'invalid_token',
        error_description: 'the access token is revoked',
      });
      const fresh = await issue();
      await until(async () => (await get(fresh)).status === 200);
    } finally {
      await app.close();
    }
  });
});
