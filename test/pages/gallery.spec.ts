import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { type Browser, type Page } from 'playwright-core';
import { startChromium } from '../support/chromium.js';
import { auditPage } from '../support/page-audit.js';
import { type PageGallery, startGallery } from '../support/page-gallery.js';
import { PAGE_SAMPLES } from '../support/page-samples.js';

const SCREENSHOTS = new URL('../../test-artifacts/pages/', import.meta.url).pathname;
const LOOKS = [
  { name: 'light', locale: 'en', colorScheme: 'light', viewport: { width: 1000, height: 760 } },
  { name: 'dark', locale: 'de', colorScheme: 'dark', viewport: { width: 1000, height: 760 } },
  { name: 'phone', locale: 'de', colorScheme: 'light', viewport: { width: 320, height: 640 } },
] as const;
const HOSTILE = `"'><img src=x onerror=alert(1)><script>alert(2)</script>{{=1}}<%= 1 %>`;

describe('pages in a real Chromium', () => {
  let gallery: PageGallery;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    [gallery, browser] = await Promise.all([startGallery(), startChromium()]);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await gallery.stop();
  });

  const names = Object.keys(PAGE_SAMPLES);
  const open = (page: Page, sample: string) => page.goto(`${gallery.url}/gallery/${sample}`);

  describe.each(LOOKS)('$name', ({ name, ...look }) => {
    let page: Page;
    const complaints: string[] = [];
    beforeAll(async () => {
      page = await browser.newPage(look);
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith(gallery.url)) complaints.push(`asks for ${request.url()}`);
      });
      // It would send the form of that page before anybody sees it.
      await page.route('**/submit.*', (route) => route.fulfill({ body: '' }));
    });
    afterAll(() => page.close());

    it.each(names)('%s can be read, reached and understood', async (sample) => {
      const response = await open(page, sample);
      expect(await response?.text()).not.toMatch(/="[^"]*"[a-z]/);
      expect(await auditPage(page)).toEqual([]);
      expect(complaints.splice(0)).toEqual([]);
      expect(await page.getAttribute('html', 'lang')).toBe(look.locale);
      await page.screenshot({ path: `${SCREENSHOTS}${sample}-${name}.png`, fullPage: true });
    });
  });

  describe('given markup where texts should be', () => {
    let page: Page;
    const dialogs: string[] = [];
    beforeAll(async () => {
      page = await browser.newPage();
      page.on('dialog', (dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      });
      await page.route('**/submit.*', (route) => route.fulfill({ body: '' }));
    });
    afterAll(() => page.close());

    it.each(names)('%s shows it as text', async (sample) => {
      await page.goto(`${gallery.url}/gallery/${sample}?text=${encodeURIComponent(HOSTILE)}`);
      expect(await page.locator('main img, main script, [onerror]').count()).toBe(0);
      expect(await page.content()).not.toContain('<script>alert');
      expect(dialogs).toEqual([]);
    });
  });
});
