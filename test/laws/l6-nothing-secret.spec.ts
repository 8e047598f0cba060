import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dpopKey, proof } from '../support/dpop.js';
import {
  authorizationParameters,
  authorize,
  authorizeUrl,
  exchange,
  VERIFIER,
} from '../support/authorization.js';
import { age } from '../support/families.js';
import { FollowingBrowser } from '../support/following-browser.js';
import { basic, postForm } from '../support/http.js';
import { ADMIN, adminToken, managementClient } from '../support/management.js';
import { DEMO, refresh, signIn, tokenRequest } from '../support/oauth.js';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.js';

const ROOT_KEY = randomBytes(32);
const PASSWORDS = ['doe', 'wrong-password-of-john', 'demo-secret', 'wrong-secret-of-demo'];

/** L6: after a full run, with every kind of error, nothing secret is in the database's files or in the logs. */
describe('L6 nothing secret at rest or in a log', () => {
  let postgres: PostgresServer;
  let database: TestDatabase;
  let service: ServiceProcess;
  const secrets: string[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    database = await createEmptyDatabase(postgres.url);
    service = await startService(database.url, {
      LOG_LEVEL: 'trace',
      ADMIN_CLIENT_ID: ADMIN.id,
      ADMIN_CLIENT_SECRET: ADMIN.secret,
      SIGNING_ALGORITHMS: 'ES256,RS256,PS256,EdDSA',
      REGRANT_KEYS: `1:${ROOT_KEY.toString('base64url')}`,
    });
    secrets.push(...(await fullRun(service.url, database)));
    await service.stop();
    await database.pool.query('CHECKPOINT').catch(() => undefined);
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await database.drop();
    await postgres.stop();
  });

  it('was a full run', () => {
    expect(secrets.filter((secret) => secret.length < 20)).toEqual([]);
    expect(secrets.length).toBeGreaterThanOrEqual(20);
  });

  it('keeps no token, secret, key or password in any file of the database, its WAL included', async () => {
    const needles = [
      ...secrets.flatMap(formsOf),
      ...formsOf(ROOT_KEY.toString('base64url')),
      ...PASSWORD_NEEDLES,
    ];
    const files = await readAll(postgres.directory);
    expect(files.length).toBeGreaterThan(100);
    expect(needles.length).toBeGreaterThan(20);
    expect(found(files, needles)).toEqual([]);
  });

  it('keeps no private signing key readable: every stored key is sealed', async () => {
    const { rows } = await database.pool.query<{
      algorithm: string;
      sealed_jwk: Buffer;
      public_jwk: object | null;
    }>('SELECT algorithm, sealed_jwk, public_jwk FROM token_key');
    expect(rows.map(({ algorithm }) => algorithm).sort()).toEqual([
      'A256CBC-HS512',
      'ES256',
      'EdDSA',
      'PS256',
      'RS256',
    ]);
    for (const { sealed_jwk, public_jwk } of rows) {
      expect(sealed_jwk.includes('"kty"')).toBe(false);
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(public_jwk ?? {}).not.toHaveProperty(member);
    }
  });

  it('writes none of them to the log, at any level', () => {
    const log = logLines(service.output());
    expect(log).toContain('"outcome":"rotated"');
    expect(log).toContain('refresh_token_replayed');
    const needles = [...secrets.flatMap(formsOf), ROOT_KEY.toString('base64url'), ...PASSWORD_NEEDLES];
    expect(
      found(
        [Buffer.from(log)],
        needles.map((needle) => Buffer.from(needle)),
      ),
    ).toEqual([]);
    expect(log).not.toMatch(/rgr_[\w-]{20}|rga_[\w-]{20}|rgs_[\w-]{20}|eyJ[\w-]{20}/);
  });
});

/** `doe` alone would be found by chance. */
const PASSWORD_NEEDLES = PASSWORDS.filter((password) => password.length > 4).map((password) =>
  Buffer.from(password),
);

/** Every flow and every refusal. @returns the tokens that were given out or sent */
async function fullRun(url: string, { pool }: TestDatabase): Promise<string[]> {
  const tokens: string[] = [];
  const keep = ({ body }: { body: { access_token?: string; refresh_token?: string } }) => {
    tokens.push(...[body.access_token, body.refresh_token].filter((token) => token !== undefined));
    return body.refresh_token!;
  };
  const first = keep(await signIn(url));
  const second = keep(await refresh(url, first));
  keep(await refresh(url, first));
  keep(await tokenRequest(url, DEMO, { grant_type: 'client_credentials', scope: 'introspect' }));
  keep(await tokenRequest(url, DEMO, { grant_type: 'password', username: 'john', password: PASSWORDS[1]! }));
  await postForm(`${url}/oauth2/token?refresh_token=${second}`, { refresh_token: second });
  await postForm(
    `${url}/oauth2/token`,
    { refresh_token: second },
    { authorization: basic('demo', PASSWORDS[3]!) },
  );
  await postForm(`${url}/oauth2/token`, {
    client_id: 'demo',
    client_secret: PASSWORDS[3]!,
    refresh_token: second,
  });
  await refresh(url, second, { id: 'demo-spa' });
  await refresh(url, `${second}x`);
  await refresh(url, second, DEMO, { scope: 'openid "' });
  const spa = { id: 'demo-spa' };
  const key = await dpopKey();
  const dpop = await proof(key, `${url}/oauth2/token`);
  const grant = { grant_type: 'password', username: 'john', password: 'doe' };
  const bound = keep(await tokenRequest(url, spa, grant, { dpop }));
  tokens.push(dpop);
  await refresh(url, bound, spa, {}, { dpop });
  tokens.push(...(await signInAsPerson(url)));
  await age(pool, first, 60);
  await refresh(url, first);
  tokens.push(...(await pasteIntoDiagnoses(url, tokens)));
  return tokens;
}

/** The code flow, pushed, and the device grant, in a browser. @returns what the browser, the client and the device hold */
async function signInAsPerson(url: string): Promise<string[]> {
  const browser = new FollowingBrowser(url);
  const scope = 'openid email offline_access';
  const pushed = await postForm(
    `${url}/oauth2/par`,
    { ...authorizationParameters({ scope }), prompt: 'consent' },
    { authorization: basic('demo', 'demo-secret') },
  );
  const requestUri = pushed.body.request_uri as string;
  const request = `client_id=demo&request_uri=${encodeURIComponent(requestUri)}`;
  const page = await browser.get(`${url}/oauth2/authorize?${request}`);
  await browser.submit(page, { username: 'john', password: PASSWORDS[1]! });
  const visit = await authorize(browser, authorizeUrl(url, { scope }));
  const code = visit.url.searchParams.get('code')!;
  const issued = await exchange(url, code);
  await exchange(url, code);
  const device = await postForm(
    `${url}/oauth2/device_authorization`,
    { scope },
    { authorization: basic('demo', 'demo-secret') },
  );
  const entered = await browser.get(`${url}/device`);
  await browser.submit(entered, { user_code: device.body.user_code as string });
  const deviceCode = device.body.device_code as string;
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  await tokenRequest(url, DEMO, { grant_type, device_code: deviceCode });
  const { access_token, refresh_token, id_token } = issued.body as Record<string, string>;
  const held = [
    requestUri.split(':').at(-1),
    code,
    access_token,
    refresh_token,
    id_token,
    deviceCode,
    VERIFIER,
  ];
  const cookies = [...browser.cookies.values()];
  expect(cookies.length).toBeGreaterThan(1);
  return [...held, ...cookies].map((one) => one ?? '');
}

/** What an admin pastes to find out why it was refused. @returns the admin's own token */
async function pasteIntoDiagnoses(url: string, tokens: readonly string[]): Promise<string[]> {
  const admin = managementClient(url, await adminToken(url));
  for (const token of tokens) {
    for (const body of [{ token }, { token, client_id: 'demo', scope: 'openid' }, { token, [token]: token }])
      expect([200, 422]).toContain((await admin.post('/token-diagnoses', body)).status);
  }
  return [admin.token];
}

/** As text, and for a refresh token also the bytes of its secret, as they are, in hex and in base64. */
function formsOf(token: string): Buffer[] {
  const text = Buffer.from(token);
  if (!token.startsWith('rgr_')) return [text];
  const secret = Buffer.from(token.slice(4), 'base64url').subarray(21, 53);
  return [text, secret, Buffer.from(secret.toString('hex')), Buffer.from(secret.toString('base64url'))];
}

/** Without the tour, which shows the demo credentials on purpose. */
function logLines(output: string): string {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .join('\n');
}

function found(haystacks: readonly Buffer[], needles: readonly Buffer[]): string[] {
  return needles
    .filter((needle) => haystacks.some((haystack) => haystack.includes(needle)))
    .map((needle) => needle.toString());
}

async function readAll(directory: string): Promise<Buffer[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
}
