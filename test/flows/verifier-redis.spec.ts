import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { decodeJwt } from 'jose';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type TokenRefusedError,
  TokenVerifier,
  type TokenVerifierOptions,
} from '../../src/verifier/token-verifier.js';
import { accessToken } from '../support/event-reader.js';
import { basic, postForm, send } from '../support/http.js';
import { type Caller, DEMO, signIn } from '../support/oauth.js';
import { startRedis } from '../support/redis-server.js';
import { startProxy } from '../support/tcp-proxy.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };
const credentials = { clientId: DEMO.id, clientSecret: DEMO.secret! };
/** Seconds: the server's own stream is not looked at again within a test. */
const LONG = 3_600;

/**
 * The verifier on the Redis stream. Where a test gives it a stream of its own, the server's relay is as good
 * as dead to it.
 */
describe('TokenVerifier on the Redis stream', () => {
  let server: TestApp;
  let redis: Redis;
  beforeAll(async () => {
    server = await startApp({ SSE_HEARTBEAT: '1' });
    await registerClient(server, { id: OWNER.id });
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

  const start = async (
    stream: string,
    { client = redis, ...options }: Partial<TokenVerifierOptions> & { client?: Redis } = {},
  ): Promise<TokenVerifier> => {
    const source = { client, stream };
    const verifier = await TokenVerifier.start({
      issuer: server.url,
      credentials,
      redis: source,
      ...options,
    });
    verifiers.push(verifier);
    return verifier;
  };
  const serversStream = () => `${server.environment.REDIS_KEY_PREFIX!}revocations`;
  const newStream = () => `${server.environment.REDIS_KEY_PREFIX!}${randomUUID()}`;
  const issue = async (): Promise<string> => (await signIn(server.url, OWNER)).body.access_token!;
  const revoke = (token: string) =>
    postForm(`${server.url}/oauth2/revoke`, { token }, { authorization: basic(OWNER.id, OWNER.secret!) });
  const outcome = (verifier: TokenVerifier, token: string): Promise<string> =>
    verifier.verify(token).then(
      () => 'alive',
      (error: unknown) => (error as TokenRefusedError).reason,
    );
  const until = async (verifier: TokenVerifier, token: string, expected: string): Promise<void> => {
    const deadline = Date.now() + 15_000;
    while ((await outcome(verifier, token)) !== expected) {
      if (Date.now() > deadline) throw new Error(`${await outcome(verifier, token)}, not ${expected}`);
      await delay(5);
    }
  };
  /** The newest cursor that the server gives out. */
  const serversEnd = async (): Promise<string> => {
    const token = await accessToken(server.url, DEMO, 'events.read');
    const headers = { authorization: `Bearer ${token}` };
    const { text } = await send(`${server.url}/events/revocations/snapshot`, { method: 'GET', headers });
    return (JSON.parse(text.split('\n')[0]!) as { cursor: string }).cursor;
  };
  const add = (stream: string, id: string, event: Record<string, string>) =>
    redis.xadd(stream, id, ...Object.entries({ occurred_at: new Date().toISOString(), ...event }).flat());
  const nothing = { type: 'access-token-revoked', jti: 'of-nobody' };

  it('is stale while Redis does not answer, hung or gone, and not while the stream is idle', async () => {
    const own = await startRedis();
    const proxy = await startProxy(Number(new URL(own.url).port));
    const client = new Redis(proxy.port);
    client.on('error', () => undefined);
    try {
      const verifier = await start(newStream(), { client, maxStaleness: 2 });
      const token = await issue();
      const idleUntil = Date.now() + 5_000;
      while (Date.now() < idleUntil) {
        expect(await outcome(verifier, token)).toBe('alive');
        await delay(50);
      }
      own.process.kill('SIGSTOP');
      await until(verifier, token, 'stale');
      own.process.kill('SIGCONT');
      await until(verifier, token, 'alive');
      proxy.block();
      await until(verifier, token, 'stale');
      proxy.unblock();
      await until(verifier, token, 'alive');
    } finally {
      client.disconnect();
      await proxy.stop();
      await own.stop();
    }
  }, 120_000);

  it('refuses what the server revokes, and what it had revoked before', async () => {
    const before = await issue();
    await revoke(before);
    const verifier = await start(serversStream());
    await until(verifier, before, 'revoked');
    for (let turn = 0; turn < 5; turn += 1) {
      const token = await issue();
      expect(await outcome(verifier, token)).toBe('alive');
      await revoke(token);
      await until(verifier, token, 'revoked');
    }
  });

  it('applies what stands in the stream alone, in batches too', async () => {
    const stream = newStream();
    await add(stream, await serversEnd(), nothing);
    const verifier = await start(stream, { maxStaleness: LONG });
    const token = await issue();
    const [transaction] = (await serversEnd()).split('-');
    const pipeline = redis.pipeline();
    const fields = Object.entries({ ...nothing, occurred_at: new Date().toISOString() }).flat();
    for (let index = 1; index <= 1_200; index += 1)
      pipeline.xadd(stream, `${transaction}0-${index}`, ...fields);
    await pipeline.exec();
    expect(await outcome(verifier, token)).toBe('alive');
    await add(stream, `${transaction}0-1201`, { type: 'access-token-revoked', jti: decodeJwt(token).jti! });
    await until(verifier, token, 'revoked');
  });

  it('hears from the server what a dead relay does not copy', async () => {
    const verifier = await start(newStream(), { maxStaleness: 3 });
    const token = await issue();
    await revoke(token);
    await until(verifier, token, 'revoked');
  });

  it('hears from the server what an entry of somebody else would have it skip', async () => {
    const stream = newStream();
    await add(stream, await serversEnd(), nothing);
    const verifier = await start(stream, { maxStaleness: 6 });
    const [token, seen] = [await issue(), await issue()];
    await revoke(token);
    const beyond = `${(await serversEnd()).split('-')[0]!}0-1`;
    await add(stream, beyond, { type: 'access-token-revoked', jti: decodeJwt(seen).jti! });
    await Promise.all([until(verifier, seen, 'revoked'), until(verifier, token, 'revoked')]);
  });

  it('takes a snapshot again when the stream was wiped', async () => {
    const stream = newStream();
    await add(stream, await serversEnd(), nothing);
    const verifier = await start(stream, { maxStaleness: LONG });
    const [token, seen] = [await issue(), await issue()];
    await add(stream, `${(await serversEnd()).split('-')[0]!}9-1`, {
      type: 'access-token-revoked',
      jti: decodeJwt(seen).jti!,
    });
    await until(verifier, seen, 'revoked');
    await revoke(token);
    expect(await outcome(verifier, token)).toBe('alive');
    await redis.del(stream);
    await until(verifier, token, 'revoked');
  });

  it('takes a snapshot again when the stream begins after its place', async () => {
    const stream = newStream();
    const verifier = await start(stream, { maxStaleness: LONG });
    const token = await issue();
    await revoke(token);
    await delay(1_500);
    expect(await outcome(verifier, token)).toBe('alive');
    await add(stream, await serversEnd(), nothing);
    await until(verifier, token, 'revoked');
  });

  it('leaves no connection behind when it is stopped', async () => {
    const own = await startRedis();
    const client = new Redis(own.url);
    const count = async () => ((await client.client('LIST')) as string).trim().split('\n').length;
    try {
      const verifier = await start(newStream(), { client });
      await until(verifier, await issue(), 'alive');
      while ((await count()) < 2) await delay(10);
      verifier.stop();
      while ((await count()) > 1) await delay(10);
      expect(await client.ping()).toBe('PONG');
    } finally {
      client.disconnect();
      await own.stop();
    }
  });
});
