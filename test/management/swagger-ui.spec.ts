import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { send } from '../support/http.js';
import { ADMIN } from '../support/management.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';

describe('Swagger UI in a real Chromium', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let browser: Browser;
  beforeAll(async () => {
    database = await createDatabase();
    const environment = { ADMIN_CLIENT_ID: ADMIN.id, ADMIN_CLIENT_SECRET: ADMIN.secret };
    service = await startService(database.url, environment);
    browser = await startChromium();
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await database.drop();
  });

  it('signs in with client credentials, tries an operation and shows its answer', async () => {
    const page = await browser.newPage();
    const violations: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) violations.push(message.text());
    });
    await page.goto(`${service.url}/docs`);
    await signIn(page);
    const operation = page.locator('#operations-Clients-listClients');
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    const answer = await operation.locator('.live-responses-table .highlight-code').first().innerText();
    expect(answer).toContain('"client_id": "admin"');
    expect(violations).toEqual([]);
    await page.close();
  }, 60_000);

  it('can’t be framed, loads nothing from elsewhere, and keeps no token', async () => {
    const { headers } = await send(`${service.url}/docs`, { method: 'GET' });
    expect(headers['content-security-policy']).toMatch(/frame-ancestors 'none'/);
    expect(headers['x-frame-options']).toBe('DENY');
    const page = await browser.newPage();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(service.url) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    await page.goto(`${service.url}/docs`);
    await signIn(page);
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])')).toBe(
      '[{},{},""]',
    );
    expect(foreign).toEqual([]);
    await page.close();
  }, 60_000);
});

async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.modal-ux');
  await dialog.locator('input[name="client_id"], #client_id_clientCredentials').first().fill(ADMIN.id);
  await dialog
    .locator('input[name="client_secret"], #client_secret_clientCredentials')
    .first()
    .fill(ADMIN.secret);
  await dialog.getByText('select all').first().click();
  await dialog.locator('.auth-btn-wrapper button.authorize').click();
  await dialog.getByText('Logout').waitFor();
  await dialog.locator('.close-modal').click();
}
