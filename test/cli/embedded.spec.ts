import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { regrant, regrantJson } from '../support/cli.js';
import { type TestEnvironment } from '../support/environment.js';
import { freePort } from '../support/free-port.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, tokenRequest } from '../support/oauth.js';
import { startProgram } from '../support/service-process.js';

const PATIENCE_MS = 180_000;

/** Nothing but a folder: no database, no Redis, no keys. */
describe('the CLI on the embedded database', () => {
  let folder: string;
  let environment: TestEnvironment;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'regrant-cli-'));
    environment = { DATA_DIR: join(folder, 'data'), SIGNING_ALGORITHMS: 'ES256' };
  });
  afterAll(async () => {
    // As root the database may lie elsewhere, where the user `postgres` can reach it.
    const database = await realpath(join(folder, 'data', 'postgres'));
    await Promise.all([folder, database].map((path) => rm(path, { recursive: true, force: true })));
  }, PATIENCE_MS);

  it(
    'works before a server runs, beside one on the same folder (L2), and after it',
    async () => {
      const options = { environment, cwd: folder };
      const create = ['client', 'create', 'shop', '--grant', 'client_credentials'];
      await regrantJson(['migrate'], options);
      const { client_secret: secret } = await regrantJson<{ client_secret: string }>(create, options);

      const port = await freePort();
      const service = await startProgram({ ...environment, HTTP_PORT: String(port) }, port, folder);
      const client = { id: 'shop', secret };
      const { access_token: token = '' } = (
        await tokenRequest(service.url, client, { grant_type: 'client_credentials' })
      ).body;
      const isActive = async () => {
        const authorization = basic(DEMO.id, DEMO.secret!);
        return (await postForm(`${service.url}/oauth2/introspect`, { token }, { authorization })).body.active;
      };
      expect(await isActive()).toBe(true);
      expect((await regrant(['client', 'disable', 'shop'], options)).code).toBe(0);
      expect(await isActive()).toBe(false);
      await service.stop();

      expect(await regrantJson(['client', 'show', 'shop'], options)).toMatchObject({ enabled: false });
    },
    PATIENCE_MS,
  );
});
