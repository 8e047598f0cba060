import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type KeyDocument } from '../../src/management/keys/key.documents.js';
import { FirstAdmin } from '../../src/management/first-admin.js';
import { startApp, type TestApp } from '../support/test-app.js';

const DOCUMENT = fileURLToPath(new URL('../../docs/keys.md', import.meta.url));
const ADMIN_CLIENT_SECRET = 'a-secret-of-the-admin';

describe('the example of docs/keys.md', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ ADMIN_CLIENT_ID: 'admin', ADMIN_CLIENT_SECRET });
    await service.app.get(FirstAdmin).ensure();
  });
  afterAll(() => service.stop());

  it('lists the keys, makes one, reads it and revokes it', async () => {
    const blocks = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)];
    expect(blocks).toHaveLength(2);
    // Each answer on a line of its own.
    const script = blocks
      .map(([, code]) => code!.replaceAll(/^admin .*$/gm, '$&; echo'))
      .join('')
      .replaceAll('http://127.0.0.1:3000', service.url);
    const { PATH } = process.env;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      env: { PATH, ADMIN_CLIENT_SECRET },
    });
    const [page, made, revoked] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as KeyDocument & { items: KeyDocument[] });
    expect(page!.items.map(({ state }) => state)).toEqual(['active', 'active']);
    expect(made).toMatchObject({ algorithm: 'ES256', state: 'next' });
    expect(revoked).toMatchObject({
      kid: made!.kid,
      state: 'revoked',
      reason: 'a backup with it was lost',
    });
  });
});
