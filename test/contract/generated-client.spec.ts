import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startManaged } from '../support/management.js';
import { openApiDocument } from '../support/openapi.js';

const run = promisify(execFile);

/** A script as an admin would write it on the types that openapi-typescript makes. */
const SCRIPT = `
  import createClient from 'openapi-fetch';
  import type { components, paths } from './api.js';

  type StoredClient = components['schemas']['StoredClientDocument'];

  export async function roundTrip(baseUrl: string, token: string): Promise<string[]> {
    const api = createClient<paths>({ baseUrl, headers: { authorization: 'Bearer ' + token } });
    const created = await api.POST('/admin/v1/clients', {
      body: { client_id: 'generated', grant_types: ['client_credentials'], token_policy: { rotation_grace_seconds: 5 } },
    });
    const listed = await api.GET('/admin/v1/clients', { params: { query: { search: 'generated', limit: 10 } } });
    const items: StoredClient[] = listed.data?.items ?? [];
    const etag = created.response.headers.get('etag') ?? '';
    const patched = await api.PATCH('/admin/v1/clients/{client_id}', {
      params: { path: { client_id: 'generated' }, header: { 'If-Match': etag } },
      body: { client_name: 'Renamed' },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    const revoked = await api.POST('/admin/v1/revocations', { body: { client_id: 'generated', reason: 'round trip' } });
    const disabled = await api.POST('/admin/v1/clients/{client_id}/disable', {
      params: { path: { client_id: 'generated' } },
    });
    const again = await api.POST('/admin/v1/clients', { body: { client_id: 'generated' } });
    return [
      created.data?.client_secret?.slice(0, 4) ?? '',
      items[0]?.client_id ?? '',
      patched.data?.client_name ?? '',
      String(revoked.data?.target.id),
      String(disabled.data?.enabled),
      again.error?.detail ?? '',
    ];
  }
`;

describe('a client generated from the OpenAPI document', () => {
  let service: Awaited<ReturnType<typeof startManaged>>;
  let folder: string;
  beforeAll(async () => {
    service = await startManaged();
    folder = await mkdtemp(join(tmpdir(), 'regrant-generated-'));
  });
  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true });
  });

  it('type-checks, and creates, lists and patches a client, revokes its tokens and disables it', async () => {
    const bin = (name: string) => new URL(`../../node_modules/.bin/${name}`, import.meta.url).pathname;
    const modules = new URL('../../node_modules', import.meta.url).pathname;
    await writeFile(join(folder, 'openapi.json'), JSON.stringify(await openApiDocument(service.url)));
    await run(bin('openapi-typescript'), [join(folder, 'openapi.json'), '-o', join(folder, 'api.ts')]);
    await writeFile(join(folder, 'script.ts'), SCRIPT);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          target: 'es2022',
          lib: ['es2022', 'dom', 'dom.iterable'],
          module: 'preserve',
          moduleResolution: 'bundler',
          skipLibCheck: true,
          types: [],
          paths: { 'openapi-fetch': [`${modules}/openapi-fetch`] },
          outDir: 'out',
        },
        files: ['script.ts'],
      }),
    );
    await run(bin('tsc'), ['-p', folder]);
    const compiled = await readFile(join(folder, 'out/script.js'), 'utf8');
    const specifier = new URL('../../node_modules/openapi-fetch/dist/index.mjs', import.meta.url).href;
    const runnable = `${compiled.replace("'openapi-fetch'", `'${specifier}'`)}
      console.log(JSON.stringify(await roundTrip(process.argv[2], process.argv[3])));`;
    await writeFile(join(folder, 'script.mjs'), runnable);
    const { stdout } = await run(process.execPath, [
      join(folder, 'script.mjs'),
      service.url,
      service.admin.token,
    ]);
    expect(JSON.parse(stdout)).toEqual([
      'rgs_',
      'generated',
      'Renamed',
      'generated',
      'false',
      'there is a client generated already',
    ]);
  }, 120_000);
});
