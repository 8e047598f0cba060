import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { adminToken, type ManagementClient, managementClient, startManaged } from '../support/management.js';
import { DEMO, tokenRequest } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

/** By bcrypt of Python. */
const BCRYPT = '$2b$04$2aJj8aIStU12z2TeQze7ueu9rar.CtrsIVGQTmQrcCDbidGakB1Vq';
const PASSWORD = 'correct horse bätter y';
const NDJSON = 'application/x-ndjson; charset=utf-8';

interface Outcome {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('POST /admin/v1/users/import', () => {
  let service: TestApp & { readonly admin: ManagementClient };
  beforeAll(async () => {
    service = await startManaged();
  });
  afterAll(() => service.stop());

  /** Sends the lines in chunks, without telling how many there are. */
  async function send(
    lines: Iterable<string> | AsyncIterable<string>,
    query = '',
    headers: Record<string, string> = {},
  ): Promise<Outcome> {
    const answer = await fetch(`${service.url}/admin/v1/users/import${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${service.admin.token}`, 'content-type': NDJSON, ...headers },
      body: Readable.toWeb(Readable.from(lines)) as ReadableStream<Uint8Array>,
      duplex: 'half',
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const count = async (prefix: string) => {
    const { rows } = await service.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM user_account WHERE starts_with(username, $1)',
      [prefix],
    );
    return rows[0]!.count;
  };

  it('creates 10,000 users from a stream, and tells of the bad lines between them', async () => {
    const lines = function* () {
      for (let line = 1; line <= 10_000; line += 1) {
        if (line === 17) yield '{"username":"bad","email":"nobody"}\n';
        else if (line === 5_000) yield '{"username":"ten-1"}\n';
        else if (line === 9_999) yield `{"username":"long","claims":{"a":"${'x'.repeat(65_536)}"}}\n`;
        else yield `{"username":"ten-${line}","password_hash":"${BCRYPT}"}\n`;
      }
    };
    const answer = await send(lines());
    expect(answer).toEqual({
      status: 200,
      body: {
        created: 9_997,
        skipped: 0,
        failed: 3,
        problems: [
          { line: 17, pointer: '#/email', detail: 'must be an email address of at most 254 characters' },
          { line: 5_000, pointer: '#/username', detail: 'is taken' },
          { line: 9_999, pointer: '#', detail: 'must have at most 65536 bytes' },
        ],
        problems_left_out: 0,
      },
    });
    expect(await count('ten-')).toBe(9_997);
    const parameters = { grant_type: 'password', username: 'ten-7000', password: PASSWORD };
    expect((await tokenRequest(service.url, DEMO, parameters)).status).toBe(200);
  });

  it('writes down who created whom, without a hash', async () => {
    await send(['{"username":"noted-1"}\n', `{"username":"noted-2","password_hash":"${BCRYPT}"}`]);
    const { rows } = await service.database.pool.query<{ id: string }>(
      `SELECT id FROM user_account WHERE starts_with(username, 'noted-') ORDER BY username`,
    );
    const { body, text } = await service.admin.get('/audit?action=users.imported&limit=1');
    expect(body.items).toMatchObject([
      { actor: { type: 'client', id: 'admin' }, details: { created: 2, user_ids: rows.map(({ id }) => id) } },
    ]);
    expect(text).not.toContain('$2b$');
  });

  it('skips what is there when it is sent again, as told', async () => {
    const lines = ['{"username":"again-1"}\n', '{"username":"again-2"}\n'];
    await send(lines.slice(0, 1));
    expect((await send(lines, '?on_conflict=skip')).body).toMatchObject({
      created: 1,
      skipped: 1,
      failed: 0,
    });
    expect((await send(lines)).body).toMatchObject({ created: 0, skipped: 0, failed: 2 });
  });

  it('tells of the first hundred problems, and how many more there are', async () => {
    const { body } = await send(Array.from({ length: 250 }, () => 'not JSON\n'));
    expect(body).toMatchObject({ created: 0, failed: 250, problems_left_out: 150 });
    expect((body.problems as { line: number }[]).map(({ line }) => line)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it('creates nobody from nothing', async () => {
    expect(await send([])).toMatchObject({ status: 200, body: { created: 0, failed: 0, problems: [] } });
  });

  it('refuses a parameter that is not known, and another type', async () => {
    const line = ['{"username":"refused"}\n'];
    expect((await send(line, '?on_conflict=overwrite')).status).toBe(422);
    expect((await send(line, '?dry_run=true')).status).toBe(422);
    expect((await send(line, '', { 'content-type': 'text/csv' })).status).toBe(415);
    expect((await send(line, '', { 'content-type': 'application/json' })).status).toBe(415);
    expect(await count('refused')).toBe(0);
  });

  it('answers who may not before a line is read', async () => {
    const reader = managementClient(service.url, await adminToken(service.url, 'users:read'));
    const attempts: [string, number][] = [
      ['Bearer nonsense', 401],
      [`Bearer ${reader.token}`, 403],
    ];
    for (const [authorization, status] of attempts) {
      const ended = new AbortController();
      const endless = async function* () {
        yield '{"username":"intruder"}\n';
        await new Promise((resolve) => {
          ended.signal.addEventListener('abort', resolve, { once: true });
        });
      };
      const answer = await fetch(`${service.url}/admin/v1/users/import`, {
        method: 'POST',
        headers: { authorization, 'content-type': NDJSON },
        body: Readable.toWeb(Readable.from(endless())) as ReadableStream<Uint8Array>,
        duplex: 'half',
      });
      expect(answer.status).toBe(status);
      ended.abort();
      await answer.text();
    }
    expect(await count('intruder')).toBe(0);
  });
});
