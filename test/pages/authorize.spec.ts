import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { DEVICE_CODE_GRANT } from '../../src/authorization/device/device-authorization.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { authorizeUrl, exchange } from '../support/authorization.js';
import { startChromium } from '../support/chromium.js';
import { basic, type Parameters, postForm } from '../support/http.js';
import { DEMO, tokenRequest } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

/** A client of its own origin, which shows what it was answered. */
class ClientApp {
  readonly answers: URLSearchParams[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void text(request).then((body) => {
        const { pathname, searchParams } = new URL(request.url!, 'http://client');
        const answer = request.method === 'POST' ? new URLSearchParams(body) : searchParams;
        // A browser asks for an icon too.
        if (pathname === '/demo/callback') this.answers.push(answer);
        response.setHeader('content-type', 'text/html').end('<h1>Back at the client</h1>');
      });
    });
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get redirectUri(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/demo/callback`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('authorizing clients in a real Chromium', () => {
  const client = new ClientApp();
  let service: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startApp(), startChromium(), client.start()]);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    client.stop();
    await service.stop();
  });
  beforeEach(async () => {
    await service.database.pool.query('DELETE FROM consent');
    context = await browser.newContext({ javaScriptEnabled: false, locale: 'en' });
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const open = (overrides: Parameters = {}) =>
    page.goto(authorizeUrl(service.url, { redirect_uri: client.redirectUri, ...overrides }));
  const signIn = async () => {
    await page.getByLabel('User name').fill(DEMO_USER.username);
    await page.getByLabel('Password').fill(DEMO_USER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const backAtClient = async (): Promise<URLSearchParams> => {
    await page.getByRole('heading', { name: 'Back at the client' }).waitFor();
    return client.answers.pop()!;
  };

  it('somebody signs in, allows it, and is not asked again; the code gives tokens', async () => {
    await open({ scope: 'email', state: 'one' });
    await signIn();
    await page.getByText('Demo').first().waitFor();
    await press('Allow');
    const answer = await backAtClient();
    expect([answer.get('state'), answer.get('iss')]).toEqual(['one', service.url]);
    const code = answer.get('code')!;
    const { status } = await exchange(service.url, code, DEMO, { redirect_uri: client.redirectUri });
    expect(status).toBe(200);
    await open({ scope: 'email', state: 'two' });
    expect((await backAtClient()).get('state')).toBe('two');
  });

  it('signing in leads straight to the client where there is nothing to ask', async () => {
    await open({ scope: 'email' });
    await signIn();
    await press('Allow');
    await backAtClient();
    await context.clearCookies();
    await open({ scope: 'email' });
    await signIn();
    expect((await backAtClient()).get('code')).toMatch(/^rgz_/);
  });

  it('somebody refuses, and the client is told', async () => {
    await open();
    await signIn();
    await press('Don’t allow');
    expect((await backAtClient()).get('error')).toBe('access_denied');
  });

  it('prompt=none shows no page, with a session and without', async () => {
    await open({ scope: 'email', prompt: 'none' });
    expect((await backAtClient()).get('error')).toBe('login_required');
    await open({ scope: 'email' });
    await signIn();
    await press('Allow');
    await backAtClient();
    await open({ scope: 'email', prompt: 'none' });
    expect((await backAtClient()).get('code')).toMatch(/^rgz_/);
  });

  it('the back button after allowing asks nothing again, and leads to another code', async () => {
    await open({ scope: 'email' });
    await signIn();
    await press('Allow');
    const first = (await backAtClient()).get('code');
    await page.goBack();
    const second = (await backAtClient()).get('code');
    expect(second).toMatch(/^rgz_/);
    expect(second).not.toBe(first);
  });

  it('an answer by form_post takes a press of a button without scripts, and none with them', async () => {
    await open({ scope: 'email', response_mode: 'form_post', state: 'by form' });
    await signIn();
    await press('Allow');
    await press('Continue');
    expect((await backAtClient()).get('state')).toBe('by form');
    const scripted = await browser.newContext({ locale: 'en' });
    page = await scripted.newPage();
    await open({ scope: 'email', response_mode: 'form_post', state: 'by itself' });
    await signIn();
    expect((await backAtClient()).get('state')).toBe('by itself');
    await scripted.close();
  });

  it('somebody lets a device in by its code', async () => {
    const authorization = basic(DEMO.id, DEMO.secret!);
    const device = (await postForm(`${service.url}/oauth2/device_authorization`, {}, { authorization })).body;
    await page.goto(String(device.verification_uri));
    await signIn();
    await page.locator('input[name=user_code]').fill(String(device.user_code).toLowerCase());
    await page.getByRole('button').first().click();
    await page.getByText(String(device.user_code)).waitFor();
    await page.locator('button[value=allow]').click();
    await page.getByText('Demo').first().waitFor();
    const form = { grant_type: DEVICE_CODE_GRANT, device_code: String(device.device_code) };
    expect((await tokenRequest(service.url, DEMO, form)).status).toBe(200);
  });

  it('a request that can not be trusted is explained, and leads nowhere', async () => {
    await open({ redirect_uri: 'https://evil.example/callback' });
    await page.getByText('redirect_uri').waitFor();
    expect(new URL(page.url()).origin).toBe(service.url);
  });
});
