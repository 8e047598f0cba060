import Bowser from 'bowser';
import { type DeviceName } from '../pages/page-models.js';

/** What a `User-Agent` header says of browser and system; `undefined` where it says neither. */
export function deviceName(userAgent: string | null | undefined): DeviceName | undefined {
  if (!userAgent) return undefined;
  const { browser, os } = Bowser.parse(userAgent);
  return browser.name || os.name ? { browser: browser.name, system: os.name } : undefined;
}
