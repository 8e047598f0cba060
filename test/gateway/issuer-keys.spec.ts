import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { send } from '../support/http.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

/** The least of an OpenID provider: a token for whoever asks, signed with the key of the day. */
class Provider {
  keys: JWK[] = [];
  keyFetches = 0;
  private key: CryptoKey | undefined;
  private kid = '';

  async rotate(kid: string, keepsOld: boolean): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const published = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
    this.keys = [...(keepsOld ? this.keys : []), published];
    this.key = privateKey;
    this.kid = kid;
  }

  sign(issuer: string): Promise<string> {
    return new SignJWT({ sub: 'john', client_id: 'gateway' })
      .setProtectedHeader({ alg: 'ES256', kid: this.kid, typ: 'at+jwt' })
      .setIssuer(issuer)
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(this.key!);
  }

  async answer(issuer: string, path: string): Promise<object> {
    switch (path) {
      case '/.well-known/openid-configuration':
        return { issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` };
      case '/jwks':
        this.keyFetches += 1;
        return { keys: this.keys };
      default:
        return { access_token: await this.sign(issuer), token_type: 'Bearer', expires_in: 300 };
    }
  }
}

describe('the gateway and another issuer that changes its signing key', () => {
  const provider = new Provider();
  let server: Server;
  let issuer: string;
  let upstream: Upstream;
  let service: TestApp;
  beforeAll(async () => {
    await provider.rotate('first', false);
    server = createServer((request, response) => {
      request.resume();
      void provider.answer(issuer, request.url ?? '').then((document) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    upstream = await startUpstream();
    service = await startApp({ GATEWAY_PORT: '0' });
    await addRoute(service, {
      upstream_url: upstream.url,
      config: { issuer, client_id: 'gateway', client_secret: 'gateway-secret' },
    });
  });
  afterAll(async () => {
    await service.stop();
    await upstream.stop();
    server.closeAllConnections();
    server.close();
  });

  const get = async (headers: Record<string, string>) =>
    (await send(gatewayUrl(service), { method: 'GET', headers })).status;
  const bearer = async () => ({ authorization: `Bearer ${await provider.sign(issuer)}` });

  it('takes tokens under the new key, also those that it gets itself, and asks for keys no more than once', async () => {
    expect(await get({ 'refresh-token': 'one' })).toBe(200);
    const old = await bearer();
    expect(await get(old)).toBe(200);
    expect(provider.keyFetches).toBe(1);

    await provider.rotate('second', true);
    await until(async () => (await get({ 'refresh-token': 'another' })) === 200);
    expect(await get(await bearer())).toBe(200);
    expect(await get(old)).toBe(200);
    expect(provider.keyFetches).toBe(2);
  });

  it('takes no token under a key that was never published, however often it comes', async () => {
    const fetches = provider.keyFetches;
    const published = provider.keys;
    await provider.rotate('secret', false);
    provider.keys = published;
    const forged = await bearer();
    const statuses = await Promise.all(Array.from({ length: 20 }, () => get(forged)));
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(provider.keyFetches - fetches).toBeLessThan(3);
  });
});
