import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { send } from '../support/http.js';
import { ADMIN, adminToken, managementClient } from '../support/management.js';
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
  }, 120_000);

  it('signs a person in with the code flow and PKCE, who may do there what their roles say', async () => {
    const api = managementClient(service.url, await adminToken(service.url));
    const password = 'correct horse battery staple';
    const { body } = await api.post('/users', { username: 'ann', password });
    await api.put(`/users/${String(body.id)}/roles`, { roles: ['support'] }, { 'if-match': '*' });
    const context = await browser.newContext({ locale: 'en' });
    const page = await context.newPage();
    await page.goto(`${service.url}/docs`);
    await signInAs(page, 'ann', password);
    expect(await statusOf(page, 'listUsers')).toBe('200');
    expect(await statusOf(page, 'listClients')).toBe('403');
    await context.close();
  }, 120_000);

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
  }, 120_000);
});

const dialogOf = (page: Page) => page.locator('.modal-ux');

async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const flow = dialogOf(page).locator('.auth-container', { hasText: 'clientCredentials' });
  await flow.locator('#client_id_clientCredentials').fill(ADMIN.id);
  await flow.locator('#client_secret_clientCredentials').fill(ADMIN.secret);
  await flow.getByText('select all').click();
  await flow.locator('.auth-btn-wrapper button.authorize').click();
  await flow.getByText('Logout').waitFor();
  await dialogOf(page).locator('.close-modal').click();
}

/** As a person, by the authorization code flow in a window of its own. */
async function signInAs(page: Page, username: string, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const flow = dialogOf(page).locator('.auth-container', { hasText: 'authorizationCode' });
  await flow.getByText('select all').click();
  const opened = page.waitForEvent('popup');
  await flow.locator('.auth-btn-wrapper button.authorize').click();
  const popup = await opened;
  await popup.getByLabel('User name').fill(username);
  await popup.getByLabel('Password').fill(password);
  await popup.getByRole('button', { name: 'Sign in' }).click();
  const closed = popup.waitForEvent('close');
  await popup.getByRole('button', { name: 'Allow', exact: true }).click();
  await closed;
  await flow.getByText('Logout').waitFor();
  await dialogOf(page).locator('.close-modal').click();
}

async function statusOf(page: Page, operationId: string): Promise<string> {
  const operation = page.locator(`[id$="-${operationId}"].opblock`);
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const status = operation.locator('.live-responses-table .response-col_status').nth(1);
  return (await status.innerText()).trim().slice(0, 3);
}
