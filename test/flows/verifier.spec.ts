import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, generateKeyPair, SignJWT } from 'jose';
import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '../../src/database/database.js';
import { type Transaction } from '../../src/database/sql-session.js';
import { RevocationService } from '../../src/revocation/revocation.service.js';
import {
  type TokenRefusedError,
  TokenVerifier,
  type TokenVerifierOptions,
} from '../../src/verifier/token-verifier.js';
import { dpopKey, proof } from '../support/dpop.js';
import { basic, postForm } from '../support/http.js';
import { type Caller, DEMO, signIn, tokenRequest } from '../support/oauth.js';
import { type ServiceProcess, startProgram } from '../support/service-process.js';
import { createDatabase } from '../support/test-database.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const API = 'https://api.example.com';
const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };
const OPAQUE: Caller = { id: 'opaque', secret: CLIENT_SECRET };
const CREDENTIALS = { clientId: DEMO.id, clientSecret: DEMO.secret! };
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;

/** The library for internal services, against a server in another process. */
describe('TokenVerifier', () => {
  let registrar: TestApp;
  let service: ServiceProcess;
  let restart: () => Promise<void>;
  beforeAll(async () => {
    const database = await createDatabase();
    registrar = await startApp({ SSE_HEARTBEAT: '1' }, database);
    await registerClient(registrar, { id: OWNER.id });
    await registerClient(registrar, { id: OPAQUE.id, tokenPolicy: { access_token_format: 'opaque' } });
    await registerClient(registrar, { id: 'for-api', audiences: [API] });
    const { HTTP_PORT, ISSUER, ...environment } = registrar.environment;
    const port = Number(HTTP_PORT);
    await registrar.app.close();
    registrar = await startApp({ ...environment, ISSUER }, database);
    restart = async () => {
      service = await startProgram({ ...environment, ISSUER, HTTP_PORT }, port);
    };
    await restart();
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await registrar.stop();
    await registrar.database.drop();
  });

  const verifiers: TokenVerifier[] = [];
  const start = async (options: Partial<TokenVerifierOptions> = {}): Promise<TokenVerifier> => {
    const verifier = await TokenVerifier.start({ issuer: service.url, credentials: CREDENTIALS, ...options });
    verifiers.push(verifier);
    return verifier;
  };
  beforeEach(() => {
    for (const verifier of verifiers.splice(0)) verifier.stop();
  });
  afterAll(() => {
    for (const verifier of verifiers) verifier.stop();
  });

  const accessToken = async (client = OWNER): Promise<string> =>
    (await signIn(service.url, client)).body.access_token!;
  /** A client's own, without a user. */
  const ownToken = async (client: Caller, headers = {}): Promise<string> =>
    (await tokenRequest(service.url, client, { grant_type: 'client_credentials' }, headers)).body
      .access_token!;
  const revoke = (token: string, { id, secret } = OWNER) =>
    postForm(`${service.url}/oauth2/revoke`, { token }, { authorization: basic(id, secret!) });
  const inTransaction = (
    work: (transaction: Transaction, revocation: RevocationService) => Promise<unknown>,
  ) =>
    registrar.app
      .get(Database)
      .transaction((transaction) => work(transaction, registrar.app.get(RevocationService)));
  const reason = (verifier: TokenVerifier, token: string): Promise<string> =>
    verifier.verify(token).then(
      () => 'alive',
      (error: unknown) => (error as TokenRefusedError).reason,
    );
  const until = async (verifier: TokenVerifier, token: string, expected: string): Promise<void> => {
    const deadline = Date.now() + 10_000;
    while ((await reason(verifier, token)) !== expected) {
      if (Date.now() > deadline)
        throw new Error(
          `still ${await reason(verifier, token)} instead of ${expected}, last heard of ${verifier.staleness} s ago`,
        );
      await delay(5);
    }
  };

  it('answers for a live token with its claims, time and again', async () => {
    const verifier = await start();
    const token = await accessToken();
    for (let time = 0; time < 3; time += 1) {
      expect(await verifier.verify(token)).toMatchObject({
        client_id: OWNER.id,
        scope: 'read write',
        iss: service.url,
      });
    }
  });

  it('refuses a family and a single access token once they are revoked', async () => {
    const verifier = await start();
    const { access_token, refresh_token } = (await signIn(service.url, OWNER)).body;
    const single = await accessToken();
    expect([await reason(verifier, access_token!), await reason(verifier, single)]).toEqual([
      'alive',
      'alive',
    ]);
    await revoke(refresh_token!);
    await revoke(single);
    await Promise.all([until(verifier, access_token!, 'revoked'), until(verifier, single, 'revoked')]);
  });

  it('refuses within a second, by the median of 50, what a revocation was acknowledged for', async () => {
    const verifier = await start();
    const waits: number[] = [];
    for (let turn = 0; turn < 50; turn += 1) {
      const token = await ownToken(OWNER);
      await verifier.verify(token);
      expect((await revoke(token)).status).toBe(200);
      const acknowledgedAt = performance.now();
      await until(verifier, token, 'revoked');
      waits.push(performance.now() - acknowledgedAt);
    }
    expect(waits.sort((one, other) => one - other)[25]).toBeLessThan(1_000);
  }, 120_000);

  it('goes on hearing of revocations after its own access token was revoked', async () => {
    const verifier = await start({ maxStaleness: 5 });
    await inTransaction((transaction, revocation) => revocation.revokeEverybody(transaction, CAUSE));
    // The next heartbeat lets it go.
    await delay(2_500);
    const token = await accessToken();
    await revoke(token);
    await until(verifier, token, 'revoked');
    await delay(5_500);
    expect(verifier.staleness).toBeLessThan(5);
  });

  it('refuses what was revoked before it started, by the snapshot', async () => {
    const token = await accessToken();
    await revoke(token);
    await until(await start(), token, 'revoked');
  });

  it.each(['user', 'client', 'everybody'])(
    'refuses by the cutoff of %s what was issued before it, and takes what comes after',
    async (what) => {
      const verifier = await start();
      const before = await accessToken();
      const { sub } = await verifier.verify(before);
      await inTransaction(async (transaction, revocation) => {
        if (what === 'user') await revocation.revokeUser(transaction, sub, CAUSE);
        if (what === 'client') await revocation.revokeClient(transaction, OWNER.id, CAUSE);
        if (what === 'everybody') await revocation.revokeEverybody(transaction, CAUSE);
      });
      await until(verifier, before, 'revoked');
      expect(await reason(verifier, await accessToken())).toBe('alive');
    },
  );

  it.each(['nonsense', 'a.b.c', ''])('refuses %j', async (token) => {
    expect(await reason(await start(), token)).toBe('invalid');
  });

  it('refuses a token that another key signed, and one for another audience', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT({ sub: 'x', client_id: OWNER.id, jti: 'x' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .setIssuer(service.url)
      .setExpirationTime('1h')
      .sign(privateKey);
    expect(await reason(await start(), forged)).toBe('invalid');
    const forApi = await start({ audience: API });
    expect(await reason(forApi, await accessToken())).toBe('invalid');
    expect(await reason(forApi, await accessToken({ id: 'for-api', secret: CLIENT_SECRET }))).toBe('alive');
  });

  it('asks the server about an opaque token', async () => {
    const verifier = await start({
      credentials: { clientId: OPAQUE.id, clientSecret: OPAQUE.secret! },
    }).catch(() => start());
    expect(await reason(verifier, 'rga_nonsense')).toBe('invalid');
    expect(await reason(verifier, await accessToken(OPAQUE))).toBe('alive');
  });

  it.each([OWNER, OPAQUE])(
    'takes a DPoP-bound token of $id with the thumbprint of its key only (RFC 9449 section 7.1)',
    async (client) => {
      const [verifier, key] = [await start(), await dpopKey()];
      const dpop = await proof(key, `${service.url}/oauth2/token`);
      const bound = await ownToken(client, { dpop });
      const bearer = await ownToken(client);
      const proofKey = await calculateJwkThumbprint(key.jwk);
      const otherKey = await calculateJwkThumbprint((await dpopKey()).jwk);
      expect(await verifier.verify(bound, { proofKey })).toMatchObject({ cnf: { jkt: proofKey } });
      await expect(verifier.verify(bound)).rejects.toMatchObject({ reason: 'bound' });
      await expect(verifier.verify(bound, { proofKey: otherKey })).rejects.toMatchObject({ reason: 'bound' });
      await expect(verifier.verify(bearer, { proofKey })).rejects.toMatchObject({ reason: 'bound' });
    },
  );

  it('knows when it has lost touch, does as it was told, and catches up with what it missed', async () => {
    const refusing = await start({ maxStaleness: 2 });
    const asking = await start({ maxStaleness: 2, whenStale: 'introspect' });
    const [token, missed] = [await accessToken(), await accessToken()];
    expect(await reason(refusing, token)).toBe('alive');
    await service.stop('SIGKILL');
    await Promise.all([until(refusing, token, 'stale'), until(asking, token, 'stale')]);
    const { sid } = JSON.parse(Buffer.from(missed.split('.')[1]!, 'base64url').toString()) as { sid: string };
    await inTransaction((transaction, revocation) => revocation.revokeFamily(transaction, sid, CAUSE));
    await restart();
    await Promise.all([until(refusing, token, 'alive'), until(asking, token, 'alive')]);
    await Promise.all([until(refusing, missed, 'revoked'), until(asking, missed, 'revoked')]);
    expect(refusing.staleness).toBeLessThan(2);
  }, 120_000);
});
