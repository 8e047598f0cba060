import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { OAuthError } from '../../src/common/oauth-error.js';
import { bearerToken } from '../../src/verifier/nest/bearer-token.js';
import {
  AccessTokenClaims,
  AccessTokenGuard,
  RequiredScopes,
  TokenVerifierModule,
} from '../../src/verifier/nest/token-verifier.module.js';
import { TokenVerifier, type VerifiedClaims } from '../../src/verifier/token-verifier.js';
import { dpopKey, proof } from '../support/dpop.js';
import { type Answer, basic, postForm, send } from '../support/http.js';
import { type Caller, DEMO, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };

@Controller('orders')
@UseGuards(AccessTokenGuard)
@RequiredScopes(['read'])
class OrdersController {
  @Get()
  list(@AccessTokenClaims() { sub, client_id }: VerifiedClaims) {
    return { sub, client_id };
  }

  @Get('all')
  @RequiredScopes(['write', 'admin'])
  listAll() {
    return [];
  }
}

function orders(issuer: string) {
  const credentials = { clientId: DEMO.id, clientSecret: DEMO.secret! };
  @Module({
    imports: [
      TokenVerifierModule.registerAsync({ useFactory: () => ({ issuer, credentials, maxStaleness: 3 }) }),
    ],
    controllers: [OrdersController],
  })
  class OrdersModule {}
  return OrdersModule;
}

/** A service of somebody else's, guarded by `regrant/verifier/nest`. */
describe('AccessTokenGuard', () => {
  let server: TestApp;
  let app: NestFastifyApplication;
  let url: string;
  let token: string;
  beforeAll(async () => {
    server = await startApp({ SSE_HEARTBEAT: '1' });
    await registerClient(server, { id: OWNER.id });
    app = await NestFactory.create<NestFastifyApplication>(orders(server.url), new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    token = (await signIn(server.url, OWNER)).body.access_token!;
  });
  afterAll(async () => {
    await app.close();
    await server.stop();
  });

  const get = (authorization: string | string[], path = '/orders'): Promise<Answer> =>
    send(url + path, { method: 'GET', headers: { authorization } });
  const challenge = ({ headers }: Answer) => headers['www-authenticate'];

  it('lets a live token through, and hands its claims to the handler', async () => {
    const answer = await get(`Bearer ${token}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ sub: expect.any(String), client_id: OWNER.id });
    expect((await get(`bearer  ${token}`)).status).toBe(200);
  });

  it('asks for the scopes of controller and handler, and names all of them (RFC 6750 section 3.1)', async () => {
    const answer = await get(`Bearer ${token}`, '/orders/all');
    expect([answer.status, answer.body.error]).toEqual([403, 'insufficient_scope']);
    expect(challenge(answer)).toBe(
      'Bearer realm="regrant", error="insufficient_scope", scope="read write admin"',
    );
    const scope = 'read write admin';
    const wide = (await signIn(server.url, OWNER, { scope })).body.access_token!;
    expect((await get(`Bearer ${wide}`, '/orders/all')).status).toBe(200);
    const narrow = (await signIn(server.url, OWNER, { scope: 'write' })).body.access_token!;
    expect((await get(`Bearer ${narrow}`)).status).toBe(403);
  });

  it('answers who sends no bearer token with a challenge that blames no token (RFC 6750 section 3.1)', async () => {
    for (const authorization of [[], 'Bearer', 'Basic eDp5', `DPoP ${token}`, `Bearer ${token} x`]) {
      const answer = await get(authorization);
      expect([answer.status, challenge(answer)]).toEqual([401, 'Bearer realm="regrant"']);
    }
  });

  it('does not choose between two tokens', async () => {
    const answer = await get([`Bearer ${token}`, 'Bearer other']);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('refuses what is no token, and one that was revoked, and says which', async () => {
    const revoked = (await signIn(server.url, OWNER)).body.access_token!;
    expect((await get(`Bearer ${revoked}`)).status).toBe(200);
    const authorization = basic(OWNER.id, OWNER.secret!);
    await postForm(`${server.url}/oauth2/revoke`, { token: revoked }, { authorization });
    await until(async () => (await get(`Bearer ${revoked}`)).status !== 200);
    for (const [bad, reason] of [
      ['nonsense', 'invalid'],
      [revoked, 'revoked'],
    ]) {
      const answer = await get(`Bearer ${bad}`);
      expect([answer.status, answer.body]).toEqual([
        401,
        { error: 'invalid_token', error_description: `the access token is ${reason}` },
      ]);
      expect(challenge(answer)).toBe('Bearer realm="regrant", error="invalid_token"');
    }
  });

  it('refuses a DPoP-bound token as a bearer token (RFC 9449 section 7.1)', async () => {
    const dpop = await proof(await dpopKey(), `${server.url}/oauth2/token`);
    const parameters = { grant_type: 'client_credentials', scope: 'read' };
    const authorization = basic(OWNER.id, OWNER.secret!);
    const { body } = await postForm(`${server.url}/oauth2/token`, parameters, { authorization, dpop });
    expect(body.token_type).toBe('DPoP');
    const answer = await get(`Bearer ${body.access_token}`);
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token']);
  });

  it('answers 503 with Retry-After, and no verdict, once it has lost touch (L3)', async () => {
    const verifier = app.get(TokenVerifier);
    verifier.stop();
    await until(() => verifier.staleness > 3);
    const answer = await get(`Bearer ${token}`);
    expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    expect(challenge(answer)).toBeUndefined();
  });
});

describe('bearerToken', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      try {
        response.end(bearerToken(request));
      } catch (error) {
        response.writeHead((error as OAuthError).status).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  it.each([
    ['Bearer abc.def~+/-_=', 200, 'abc.def~+/-_='],
    ['Bearer a b', 401, ''],
    ['', 401, ''],
    [['Bearer a', 'Bearer a'], 400, ''],
  ])('reads %j from a request of Node’s own, as Express has it', async (authorization, status, text) => {
    const answer = await send(url, { method: 'GET', headers: { authorization } });
    expect([answer.status, answer.text]).toEqual([status, text]);
  });
});
