import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { send } from '../support/http.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';

const PATIENCE_MS = 90_000;

describe('the demo application, in a real Chromium', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    database = await createDatabase();
    service = await startService(database.url, { DEMO_ACCOUNTS: 'true' });
    browser = await startChromium();
    page = await browser.newPage({ locale: 'en' });
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await database.drop();
  });

  const tokenShown = () => page.locator('pre').first().innerText();

  it(
    'signs john in with the code flow, refreshes his tokens, and shows what a replay does',
    async () => {
      await page.goto(`${service.url}/demo`);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('User name').fill('john');
      await page.getByLabel('Password').fill('doe');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.waitForURL(`${service.url}/demo`);
      const first = await tokenShown();
      expect(first).toMatch(/^rgr_/);
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.getByText('refreshed once').waitFor();
      const second = await tokenShown();
      expect(second).not.toBe(first);
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.getByText('refreshed 2 times').waitFor();
      await page.getByRole('button', { name: 'spent' }).click();
      await page.getByRole('alert').getByText('invalid_grant').waitFor();
      await page.getByRole('button', { name: 'Refresh', exact: true }).click();
      await page.getByRole('alert').getByText('invalid_grant').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'signs out of the server too',
    async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${service.url}/demo`);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('Password').waitFor();
    },
    PATIENCE_MS,
  );

  it('tells of an answer that is not to its own request', async () => {
    const other = await browser.newContext({ locale: 'en' });
    const stranger = await other.newPage();
    await stranger.goto(`${service.url}/demo/callback?code=stolen&state=x`);
    await stranger.getByText('expired', { exact: false }).first().waitFor();
    await other.close();
  });

  it(
    'is not there without demo accounts',
    async () => {
      const other = await createDatabase();
      const serious = await startService(other.url, { DEMO_ACCOUNTS: 'false' });
      try {
        for (const path of ['/demo', '/demo/sign-in', '/demo/callback']) {
          expect((await send(serious.url + path, { method: 'GET' })).status).toBe(404);
        }
      } finally {
        await serious.stop();
        await other.drop();
      }
    },
    PATIENCE_MS,
  );
});
