import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { DEMO_CLIENT } from '../../src/first-run/demo-accounts.js';
import { firstRefreshToken } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

const run = promisify(execFile);

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/** The calls that the pages show which the project began with, as they stand but for host, port and credentials. */
(hasCurl() ? describe : describe.skip)('the calls of the seeds, by curl', () => {
  let service: TestApp;
  let refreshToken: string;
  beforeAll(async () => {
    service = await startApp();
    refreshToken = await firstRefreshToken(service.url);
  });
  afterAll(() => service.stop());

  /** Runs curl. @returns the JSON of the answer */
  async function curl(...options: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await run('curl', ['-s', ...options]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }
  const next = (answer: Record<string, unknown>): void => {
    expect(answer.refresh_token).not.toBe(refreshToken);
    refreshToken = answer.refresh_token as string;
  };

  it('WSO2: the token call with Basic answers the members shown there', async () => {
    const basic = Buffer.from(`${DEMO_CLIENT.id}:${DEMO_CLIENT.secret}`).toString('base64');
    const answer = await curl(
      '-k',
      ...['-d', `grant_type=refresh_token&refresh_token=${refreshToken}`],
      ...['-H', `Authorization: Basic ${basic}`],
      ...['-H', 'Content-Type: application/x-www-form-urlencoded'],
      `${service.url}/oauth2/token`,
    );
    expect(answer).toMatchObject({
      access_token: expect.stringMatching(/^eyJ/),
      refresh_token: expect.any(String),
      scope: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
    });
    next(answer);
  });

  it('the course: the call with credentials in the body answers the members shown there', async () => {
    const body = [
      'grant_type=refresh_token',
      `&refresh_token=${refreshToken}`,
      `&client_id=${DEMO_CLIENT.id}`,
      `&client_secret=${DEMO_CLIENT.secret}`,
    ];
    const answer = await curl(
      ...['-X', 'POST'],
      ...['-H', 'Content-Type: application/x-www-form-urlencoded'],
      ...['-d', body.join('')],
      `${service.url}/oauth2/token`,
    );
    expect(answer).toMatchObject({
      access_token: expect.any(String),
      expires_in: 3600,
      refresh_token: expect.any(String),
    });
    expect([86_399, 86_400]).toContain(answer.refresh_token_expires_in);
    next(answer);
  });

  it('each answer’s refresh token is good for the next call, with curl’s own -u too', async () => {
    for (let round = 0; round < 3; round += 1) {
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      const fields = Object.entries(form).flatMap(([name, value]) => [
        '--data-urlencode',
        `${name}=${value}`,
      ]);
      const login = ['-u', `${DEMO_CLIENT.id}:${DEMO_CLIENT.secret}`];
      next(await curl(...login, ...fields, `${service.url}/oauth2/token`));
    }
  });
});
