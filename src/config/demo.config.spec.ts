import { describe, expect, it } from '@jest/globals';
import { DemoConfig } from './demo.config.js';

describe('DemoConfig.isWanted', () => {
  it.each<[DemoConfig['accounts'], Record<string, string>, boolean]>([
    ['', {}, true],
    ['', { DATABASE_URL: '' }, true],
    ['', { DATABASE_URL: 'postgres://db' }, false],
    [true, { DATABASE_URL: 'postgres://db' }, true],
    [false, {}, false],
    ['', { NODE_ENV: 'production' }, false],
    [true, { NODE_ENV: 'production' }, false],
  ])('with DEMO_ACCOUNTS %j and %j is %j', (accounts, environment, wanted) => {
    expect(Object.assign(new DemoConfig(), { accounts }).isWanted(environment)).toBe(wanted);
  });
});
