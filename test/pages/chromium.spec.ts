import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { signInUrl } from '../support/browser-sessions.js';
import { startChromium } from '../support/chromium.js';
import { familyIdOf } from '../support/families.js';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

describe('people in a real Chromium', () => {
  let service: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startApp(), startChromium()]);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  describe('without scripts', () => {
    let context: BrowserContext;
    let page: Page;
    const violations: string[] = [];
    beforeEach(async () => {
      context = await browser.newContext({ javaScriptEnabled: false, locale: 'en' });
      page = await context.newPage();
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) violations.push(message.text());
      });
    });
    afterEach(async () => {
      await context.close();
      expect(violations.splice(0)).toEqual([]);
    });

    const open = (path = signInUrl(service)) => page.goto(service.url + path);
    const fill = async (password: string = DEMO_USER.password) => {
      await page.getByLabel('User name').fill(DEMO_USER.username);
      await page.getByLabel('Password').fill(password);
    };
    const submit = () => page.getByRole('button', { name: 'Sign in' }).click();
    const signIn = async () => {
      await open();
      await fill();
      await submit();
      await page.getByRole('heading', { name: 'Where you’re signed in' }).waitFor();
    };

    it('somebody signs in after a wrong password, and sees where they are signed in', async () => {
      await open();
      await fill('wrong');
      await submit();
      await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
      expect(await page.getByLabel('User name').inputValue()).toBe(DEMO_USER.username);
      expect(await page.getByLabel('Password').inputValue()).toBe('');
      await fill();
      await submit();
      await page.getByText('You are signed in as john.').waitFor();
      expect(new URL(page.url()).pathname).toBe('/account');
    });

    it('the keyboard alone is enough', async () => {
      await open();
      await page.locator('input[name=username]:focus').waitFor();
      await page.keyboard.type(DEMO_USER.username);
      await page.keyboard.press('Tab');
      await page.keyboard.type(DEMO_USER.password);
      await page.keyboard.press('Enter');
      await page.getByText('You are signed in as john.').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    });

    it('the back button after signing in goes on to where they were going', async () => {
      await signIn();
      await page.goBack();
      await page.getByText('You are signed in as john.').waitFor();
    });

    it('the back button after signing out shows nothing of the account', async () => {
      await signIn();
      await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
      await page.goBack();
      await page.getByLabel('Password').waitFor();
      expect(await page.getByText('You are signed in as john.').count()).toBe(0);
    });

    it('a button pressed twice signs in once', async () => {
      await open();
      await fill();
      await page.getByRole('button', { name: 'Sign in' }).dblclick();
      await page.getByText('You are signed in as john.').waitFor();
    });

    it('an expired page says so, with a reference', async () => {
      await open('/sign-in?request=AAAA');
      await page.getByRole('heading', { name: 'This page has expired' }).waitFor();
      expect(await page.getByText('Reference').count()).toBe(1);
    });

    it('a form whose cookies are gone is shown anew, and works then', async () => {
      await open();
      await fill();
      await context.clearCookies();
      await submit();
      await page.getByRole('alert').getByText('Please try again').waitFor();
      await fill();
      await submit();
      await page.getByText('You are signed in as john.').waitFor();
    });

    it('somebody ends an application, and its refresh fails', async () => {
      const token = await firstRefreshToken(service.url);
      await signIn();
      const row = page.locator('li', { has: page.locator(`input[value="${familyIdOf(token)}"]`) });
      await row.getByRole('button', { name: 'Sign out of' }).click();
      await page.getByRole('status').getByText('The application is signed out.').waitFor();
      expect((await refresh(service.url, token)).status).toBe(400);
      expect(await row.count()).toBe(0);
    });

    it('somebody signs out everywhere, after a second thought', async () => {
      const token = await firstRefreshToken(service.url);
      await signIn();
      const button = page.getByRole('button', { name: 'Sign out everywhere' });
      expect(await button.isVisible()).toBe(false);
      await page.getByText('Sign out everywhere').first().click();
      await button.click();
      await page.getByText('this browser too').waitFor();
      expect((await refresh(service.url, token)).status).toBe(400);
      await open('/account');
      await page.getByLabel('Password').waitFor();
    });
  });
});
