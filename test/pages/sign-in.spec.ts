import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { FormBrowser } from '../support/browser.js';
import { startApp, type TestApp } from '../support/test-app.js';

describe('the sign-in page', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  const signInPage = async (browser: FormBrowser) =>
    browser.get((await browser.get('/sign-in')).headers.location as string);

  it('signs somebody in and goes on to where they were going', async () => {
    const browser = new FormBrowser(service.url);
    const page = await signInPage(browser);
    expect(page.status).toBe(200);
    const answer = await browser.submit(page, DEMO_USER);
    expect([answer.status, answer.headers.location]).toEqual([303, '/account']);
    expect(browser.cookies.has('regrant-session')).toBe(true);
  });
});
