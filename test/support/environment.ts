import { randomBytes } from 'node:crypto';

/** Variables of the service under test. `undefined` unsets one. */
export type TestEnvironment = Record<string, string | undefined>;

/** As it was before any service of a test. */
const INITIAL = { ...process.env };

/** Makes it the environment of this process, with nothing left of what another test has set. */
export function setEnvironment(environment: TestEnvironment): void {
  const wanted = { ...INITIAL, ...environment };
  for (const name of new Set([...Object.keys(process.env), ...Object.keys(wanted)])) {
    const value = wanted[name];
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

/** What a test's service runs with unless the test says otherwise. */
export function testEnvironment(
  databaseUrl: string,
  port: number,
  overrides: TestEnvironment = {},
): TestEnvironment {
  return {
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    REDIS_URL: process.env.TEST_REDIS_URL,
    REDIS_KEY_PREFIX: `test-${randomBytes(6).toString('hex')}:`,
    // A loaded test machine may take longer than the 50 ms of production.
    REDIS_TIMEOUT_MS: '2000',
    HTTP_PORT: String(port),
    ISSUER: `http://127.0.0.1:${port}`,
    REGRANT_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    DEMO_ACCOUNTS: 'true',
    SIGNING_ALGORITHMS: 'ES256',
    LOG_LEVEL: 'silent',
    ...overrides,
  };
}
