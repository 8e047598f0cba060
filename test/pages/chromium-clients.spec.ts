import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { DEVICE_CODE_GRANT } from '../../src/authorization/device/device-authorization.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { authorizeUrl, VERIFIER } from '../support/authorization.js';
import { startChromium } from '../support/chromium.js';
import { type Parameters, postForm } from '../support/http.js';
import { refresh, tokenRequest } from '../support/oauth.js';
import { registerClient, startApp, type TestApp } from '../support/test-app.js';

const SPA = { id: 'order-book' };
const TELEVISION = { id: 'television' };

/** A client's callback on another site than the service: says what it was sent, by whichever method. */
function startCallback(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = new URL(request.url ?? '/', 'http://localhost').search.slice(1);
      response.setHeader('content-type', 'text/plain');
      response.end(request.method === 'POST' ? Buffer.concat(chunks).toString() : sent);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

describe('clients and people in a real Chromium', () => {
  let service: TestApp;
  let browser: Browser;
  let callback: Server;
  let redirectUri: string;
  beforeAll(async () => {
    [service, browser, callback] = await Promise.all([startApp(), startChromium(), startCallback()]);
    redirectUri = `http://localhost:${(callback.address() as AddressInfo).port}/callback`;
    const scopes = ['openid', 'email', 'offline_access'];
    const common = { type: 'public' as const, scopes, defaultScopes: [] };
    await registerClient(service, {
      ...common,
      id: SPA.id,
      name: 'Order book',
      redirectUris: [redirectUri],
      grantTypes: ['authorization_code', 'refresh_token'],
    });
    await registerClient(service, {
      ...common,
      id: TELEVISION.id,
      name: 'Television',
      grantTypes: [DEVICE_CODE_GRANT, 'refresh_token'],
    });
  }, 180_000);
  afterAll(async () => {
    callback.close();
    await browser.close();
    await service.stop();
  });

  let context: BrowserContext;
  let page: Page;
  const violations: string[] = [];
  const begin = async (javaScriptEnabled: boolean) => {
    context = await browser.newContext({ javaScriptEnabled, locale: 'en' });
    page = await context.newPage();
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) violations.push(message.text());
    });
  };
  beforeEach(() => begin(false));
  afterEach(async () => {
    await context.close();
    await service.database.pool.query('DELETE FROM consent');
    expect(violations.splice(0)).toEqual([]);
  });

  const authorize = (parameters: Parameters = {}) =>
    page.goto(authorizeUrl(service.url, { client_id: SPA.id, redirect_uri: redirectUri, ...parameters }));
  const signIn = async () => {
    await page.getByLabel('User name').fill(DEMO_USER.username);
    await page.getByLabel('Password').fill(DEMO_USER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  /** What the client was sent. */
  const answer = async () => {
    await page.waitForURL((url) => url.href.startsWith(redirectUri));
    return new URLSearchParams(await page.locator('body').innerText());
  };
  const exchange = async (code: string | null) =>
    tokenRequest(service.url, SPA, {
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: redirectUri,
      code_verifier: VERIFIER,
    });

  it('somebody signs in, agrees, and is taken back with a code that gets tokens', async () => {
    await authorize({ state: 'as sent' });
    await page.getByText('to continue to Order book').waitFor();
    await signIn();
    await page.getByRole('heading', { name: 'Order book wants to access your account' }).waitFor();
    await page.getByText('See your email address').waitFor();
    await press('Allow');
    const sent = await answer();
    expect([sent.get('state'), sent.get('iss')]).toEqual(['as sent', service.url]);
    const tokens = await exchange(sent.get('code'));
    expect(tokens.status).toBe(200);
    await page.goto(`${service.url}/account`);
    await page.getByRole('button', { name: 'Take back what Order book may do' }).click();
    await page.getByRole('status').getByText('The permission is taken back').waitFor();
    expect((await refresh(service.url, tokens.body.refresh_token!, SPA)).body.error).toBe('invalid_grant');
  });

  it('somebody refuses, and the client learns it', async () => {
    await authorize();
    await signIn();
    await press('Don’t allow');
    expect((await answer()).get('error')).toBe('access_denied');
  });

  it('prompt=none shows no page: an error without a session, a code with one and a consent', async () => {
    await authorize({ prompt: 'none' });
    expect((await answer()).get('error')).toBe('login_required');
    await authorize();
    await signIn();
    await press('Allow');
    await answer();
    await authorize({ prompt: 'none' });
    expect((await answer()).has('code')).toBe(true);
  });

  it('the back button after consent leads back to the client, with another code', async () => {
    await authorize();
    await signIn();
    await press('Allow');
    const first = (await answer()).get('code');
    await page.goBack();
    const second = (await answer()).get('code');
    expect(second).not.toBe(first);
    expect((await exchange(second)).status).toBe(200);
  });

  it.each([
    ['at once', true],
    ['by a button without scripts', false],
  ])('form_post takes the code to the client %s', async (_how, javaScriptEnabled) => {
    await context.close();
    await begin(javaScriptEnabled);
    await authorize({ response_mode: 'form_post' });
    await signIn();
    await press('Allow');
    if (!javaScriptEnabled) await press('Continue');
    const sent = await answer();
    expect((await exchange(sent.get('code'))).status).toBe(200);
  });

  it('an unknown redirect URI is told on a page of ours, and goes nowhere', async () => {
    await authorize({ redirect_uri: 'https://evil.example/callback' });
    await page.getByRole('heading', { name: 'This request can’t be answered' }).waitFor();
    expect(page.url().startsWith(service.url)).toBe(true);
  });

  it('somebody connects a device by its code', async () => {
    const { body } = await postForm(`${service.url}/oauth2/device_authorization`, {
      client_id: TELEVISION.id,
      scope: 'openid offline_access',
    });
    await page.goto(String(body.verification_uri));
    await signIn();
    await page.getByLabel('Code').fill('WRONG');
    await press('Continue');
    await page.getByRole('alert').getByText('There is no such code').waitFor();
    await page.getByLabel('Code').fill(String(body.user_code));
    await press('Continue');
    await page.getByRole('heading', { name: 'Connect Television?' }).waitFor();
    await press('Yes, connect it');
    await page.getByRole('heading', { name: 'Your device is connected' }).waitFor();
    const tokens = await tokenRequest(service.url, TELEVISION, {
      grant_type: DEVICE_CODE_GRANT,
      device_code: String(body.device_code),
    });
    expect(tokens.status).toBe(200);
  });
});
