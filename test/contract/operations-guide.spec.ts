import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { basic, postForm } from '../support/http.js';
import { DEMO, refresh, signIn } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const GUIDE = read('docs/operations.md');

/** The fenced blocks of a language, in their order, also where they stand in a list. */
function blocks(language: string): string[] {
  const fences = new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\`$`, 'gms');
  return [...GUIDE.matchAll(fences)].map(([, code]) => code!);
}

/** What the guide has an operator type at night still is SQL that does what the guide says. */
describe('docs/operations.md', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(async () => {
    await service.stop();
  });

  const cutoffs = blocks('sql').filter((sql) => sql.includes('all-tokens-revoked'));
  const isActive = async (token: string): Promise<boolean> => {
    const authorization = basic(DEMO.id, DEMO.secret!);
    const answer = await postForm(`${service.url}/oauth2/introspect`, { token }, { authorization });
    return (answer.body as { active?: boolean }).active === true;
  };

  it.each(cutoffs.map((sql, at) => [at + 1, sql] as const))(
    'ends all that was issued, by the SQL of restore %i',
    async (_at, sql) => {
      const { body } = await signIn(service.url);
      await service.database.pool.query(sql);
      const answer = await refresh(service.url, body.refresh_token!);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
      await until(async () => !(await isActive(body.access_token!)));
      const { access_token: next } = (await signIn(service.url)).body;
      expect(await isActive(next!)).toBe(true);
    },
  );

  it('has both of them', () => {
    expect(cutoffs).toHaveLength(2);
  });

  it('leaves no event from another server’s future behind, by the SQL for a logical copy', async () => {
    const future = `INSERT INTO revocation_event (id, type, reason, initiator, transaction_id)
      SELECT gen_random_uuid(), 'all-tokens-revoked', 'admin_request', 'admin',
        (pg_current_xact_id()::text::bigint + 1000000)::text::xid8`;
    await service.database.pool.query(future);
    await service.database.pool.query(cutoffs[1]!);
    const { rows } = await service.database.pool.query(
      'SELECT transaction_id > pg_current_xact_id() AS waits FROM revocation_event',
    );
    expect(rows).toEqual([{ waits: false }]);
  });

  it('asks what there is to ask', async () => {
    const inline = [...GUIDE.matchAll(/-c "(SELECT [^"]+)"/g)].map(([, sql]) => sql!);
    const heredocs = blocks('sh').flatMap((code) => /<<'SQL'\n(.*?)^ *SQL$/ms.exec(code)?.[1] ?? []);
    expect(inline.length).toBeGreaterThan(3);
    expect(heredocs).toHaveLength(1);
    for (const sql of [...inline, ...heredocs]) await service.database.pool.query(sql);
  });

  it('asks every table that needs a root key', async () => {
    const { rows } = await service.database.pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name ~ '(key|seal|authorization|secret)_version$'`,
    );
    const query = /<<'SQL'\n(.*?)^ *SQL$/ms.exec(GUIDE)?.[1];
    expect(rows.length).toBeGreaterThan(4);
    expect(rows.filter(({ name }) => !query?.includes(`FROM ${name} `))).toEqual([]);
  });
});

describe('links between the documents', () => {
  const documents = [
    'README.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const prose = (path: string): string => read(path).replaceAll(/^ *```.*?^ *```$/gms, '');
  /** As GitHub makes them of headings. */
  const anchors = (path: string): string[] =>
    [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    );

  it.each(documents)('of %s lead somewhere', (path) => {
    const links = [...prose(path).matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const dead = links.filter(([, target, anchor]) => {
      const file = target === '' ? path : normalize(join(dirname(path), target!));
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchors(file).includes(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  it('of every alert lead to what to do', () => {
    const runbooks = read('deploy/prometheus/alerts.yaml').matchAll(/runbook_url: '?(.+?)#([^'\s]+)'?$/gm);
    const links = [...runbooks].map(([, path, anchor]) => [path!, anchor!] as const);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(([path, anchor]) => !anchors(path).includes(anchor))).toEqual([]);
  });
});
