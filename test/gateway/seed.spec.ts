import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { addRoute, gatewayUrl } from '../support/gateway.js';
import { basic, send } from '../support/http.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

/** What the upstream was sent, as it tells it. */
interface Echo {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly method: string;
}

describe('the gateway, as in the document of Kong that it follows', () => {
  let upstream: Upstream;
  let service: TestApp;
  let gateway: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    service = await startApp({ GATEWAY_PORT: '0' });
    gateway = gatewayUrl(service);
    await addRoute(service, {
      upstream_url: upstream.url,
      config: {
        auth_methods: ['refresh_token', 'password'],
        refresh_token_param_name: 'refresh_token',
        refresh_token_param_type: ['header'],
        upstream_refresh_token_header: 'refresh_token',
      },
    });
  });
  afterAll(async () => {
    await service.stop();
    await upstream.stop();
  });

  const get = (headers: Record<string, string>) => send(`${gateway}/`, { method: 'GET', headers });

  it('gets a refresh token by password, and a bearer token by that refresh token', async () => {
    const first = await get({ authorization: basic('john', 'doe') });
    const signedIn = first.body as unknown as Echo;
    const refreshToken = signedIn.headers['Refresh-Token']!;
    expect(refreshToken).toMatch(/^rgr_/);

    const second = await get({ 'refresh-token': refreshToken });
    expect(second.status).toBe(200);
    const { headers, method } = second.body as unknown as Echo;
    expect(method).toBe('GET');
    expect(headers.Authorization).toMatch(/^Bearer /);
    expect(headers['Refresh-Token']).toMatch(/^rgr_/);
    expect(headers['Refresh-Token']).not.toBe(refreshToken);
    const [of, by] = [signedIn, { headers }].map((echo) => decodeJwt(echo.headers.Authorization!.slice(7)));
    expect(by!.sub).toBe(of!.sub);
    expect(by!.sid).toBe(of!.sid);
  });

  it('asks for a credential where there is none, and says which it takes', async () => {
    const answer = await get({});
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer realm="[^"]+", Basic realm="[^"]+", charset="UTF-8"$/,
    );
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ type: 'urn:regrant:problem:gateway-no-credential', status: 401 });
  });

  it('answers a refused credential with the error of OAuth', async () => {
    const refused: Record<string, string>[] = [
      { authorization: basic('john', 'wrong') },
      { 'refresh-token': 'rgr_forged' },
    ];
    for (const headers of refused) {
      const answer = await get(headers);
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ error: 'invalid_grant' });
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    }
  });
});
