import { chromium, type Browser } from 'playwright-core';
import { userInfo } from 'node:os';
import { programOrInstall } from './apt-program.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A real Chromium without a window; installed where there is none and it may. */
export function startChromium(): Promise<Browser> {
  const executablePath = programOrInstall(NAMES, 'chromium', 'This test needs Chromium: install chromium.');
  // Its sandbox does not work for root.
  const args = userInfo().uid === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}
