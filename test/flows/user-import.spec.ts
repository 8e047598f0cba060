import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ImportSummary, type LineProblem, UserImport } from '../../src/users/import/user-import.js';
import { tokenRequest, DEMO } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

/** `correct horse`, by bcrypt of Python. */
const BCRYPT = '$2b$04$2aJj8aIStU12z2TeQze7ueu9rar.CtrsIVGQTmQrcCDbidGakB1Vq';
const PASSWORD = 'correct horse bätter y';

interface Outcome {
  readonly summary: ImportSummary;
  readonly problems: LineProblem[];
}

describe('user import', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  async function run(
    source: string | Buffer | AsyncIterable<Uint8Array>,
    onConflict: 'skip' | 'fail-line' = 'fail-line',
  ): Promise<Outcome> {
    const problems: LineProblem[] = [];
    const bytes =
      typeof source === 'string' || Buffer.isBuffer(source) ? inPieces(Buffer.from(source)) : source;
    const summary = await service.app.get(UserImport).run(bytes, {
      onConflict,
      onProblem: (problem) => problems.push(problem),
    });
    return { summary, problems };
  }

  const stored = async (username: string) => {
    const { rows } = await service.database.pool.query<Record<string, unknown>>(
      'SELECT * FROM user_account WHERE username = $1',
      [username],
    );
    return rows;
  };

  it('creates users with all that a line tells, and they sign in with the password they had', async () => {
    const id = '6F1C2F0E-3B1B-4B6E-9A54-0F0A3D6E2C11';
    const ann = {
      id,
      username: 'ann',
      email: 'ann@example.com',
      claims: { name: 'Änn 😀', email_verified: true, address: { country: 'FR' }, department: ['a', 1] },
      password_hash: BCRYPT,
      status: 'active',
    };
    const lines = [
      ann,
      { username: 'bob', password: 'a plain password' },
      { username: 'eve', status: 'disabled' },
    ];
    const { summary, problems } = await run(lines.map((line) => JSON.stringify(line)).join('\r\n'));
    expect([summary, problems]).toEqual([{ created: 3, skipped: 0, failed: 0 }, []]);
    expect(await stored('ann')).toMatchObject([
      { id: id.toLowerCase(), email: ann.email, claims: ann.claims, status: 'active', password_hash: BCRYPT },
    ]);
    expect(await stored('eve')).toMatchObject([
      { status: 'disabled', password_hash: null, email: null, claims: {} },
    ]);
    for (const [username, password] of [
      ['ann', PASSWORD],
      ['bob', 'a plain password'],
    ]) {
      const answer = await tokenRequest(service.url, DEMO, { grant_type: 'password', username, password });
      expect(answer.status).toBe(200);
    }
  });

  it('keeps tokens dead that were issued to a user who had the id before', async () => {
    const id = '6f1c2f0e-3b1b-4b6e-9a54-0f0a3d6e2c12';
    await run(`{"username":"again","id":"${id}"}\n{"username":"anew"}`);
    expect((await stored('again'))[0]!.tokens_not_before).toBeInstanceOf(Date);
    expect((await stored('anew'))[0]!.tokens_not_before).toBeNull();
  });

  it('tells of each bad line by number and field, nothing of a hash, and creates the others', async () => {
    const bad: [string, string, string][] = [
      ['{', '', 'must be a JSON object in UTF-8'],
      ['["a"]', '', 'must be a JSON object in UTF-8'],
      [
        '{"email":"a@example.com"}',
        'username',
        'must be 1 to 255 printable characters without space around them',
      ],
      ['{"username":" x"}', 'username', 'must be 1 to 255 printable characters without space around them'],
      [
        '{"username":"x\\u0000"}',
        'username',
        'must be 1 to 255 printable characters without space around them',
      ],
      ['{"username":7}', 'username', 'must be 1 to 255 printable characters without space around them'],
      ['{"username":"x","email":"nobody"}', 'email', 'must be an email address of at most 254 characters'],
      ['{"username":"x","claims":[]}', 'claims', 'must be an object'],
      ['{"username":"x","claims":{"locale":"?"}}', 'claims/locale', 'must be a language tag such as en-US'],
      ['{"username":"x","claims":{"sub":"y"}}', 'claims/sub', 'is a claim of the server'],
      ['{"username":"x","claims":{"a":"\\u0000"}}', 'claims', 'must be well-formed Unicode without NUL'],
      ['{"username":"x","claims":{"a":"\\ud800"}}', 'claims', 'must be well-formed Unicode without NUL'],
      ['{"username":"x","status":"gone"}', 'status', 'must be active or disabled'],
      ['{"username":"x","id":"1"}', 'id', 'must be a UUID'],
      ['{"username":"x","admin":true}', 'admin', 'is not known'],
      ['{"username":"x","password":"short"}', 'password', 'must have at least 8 characters'],
      ['{"username":"x","password":8}', 'password', 'must be a string'],
      ['{"username":"x","password_hash":{}}', 'password_hash', 'must be a string'],
      [
        `{"username":"x","password":"long enough","password_hash":"${BCRYPT}"}`,
        'password',
        'must not stand beside password_hash',
      ],
      [
        '{"username":"x","password_hash":"$2b$31$abc"}',
        'password_hash',
        'the hash is not a complete bcrypt hash of version 2a, 2b or 2y',
      ],
    ];
    const lines = bad.map(([line]) => line);
    lines.splice(1, 0, '{"username":"between"}', '', '{"username":"more"}');
    const { summary, problems } = await run(lines.join('\n'));
    expect(summary).toEqual({ created: 2, skipped: 0, failed: bad.length });
    expect(problems).toEqual(
      bad.map(([, field, problem], index) => ({ line: index === 0 ? 1 : index + 4, field, problem })),
    );
  });

  it('tells of every problem of a line', async () => {
    const { summary, problems } = await run(
      '{"username":"","email":1,"status":null,"claims":{"birthdate":"1999-02-30"}}',
    );
    expect(summary.failed).toBe(1);
    expect(problems.map(({ field }) => field)).toEqual(['username', 'email', 'claims/birthdate', 'status']);
  });

  it('takes lines of up to 64 KiB, and bytes that are not UTF-8 for an error of their line', async () => {
    const padded = (length: number) => {
      const line = `{"username":"p${length}"}`;
      return Buffer.from(line.padEnd(length, ' '));
    };
    const newline = Buffer.from('\n');
    const { summary, problems } = await run(
      Buffer.concat([
        ...[padded(65_536), newline, padded(65_537), newline],
        ...[Buffer.from('{"username":"'), Buffer.from([0xff]), Buffer.from('"}\n'), padded(100), newline],
      ]),
    );
    expect(summary).toEqual({ created: 2, skipped: 0, failed: 2 });
    expect(problems).toEqual([
      { line: 2, field: '', problem: 'must have at most 65536 bytes' },
      { line: 3, field: '', problem: 'must be a JSON object in UTF-8' },
    ]);
  });

  it('never writes over a user: a line whose name or id is taken is skipped, or failed, as told', async () => {
    const id = '6f1c2f0e-3b1b-4b6e-9a54-0f0a3d6e2c13';
    const first = `{"username":"Taken","id":"${id}","email":"first@example.com"}`;
    const others = `{"username":"tAKEN","email":"second@example.com"}\n{"username":"other","id":"${id}"}`;
    const twice = '{"username":"twice"}\n{"username":"TWICE"}';
    expect(await run(first)).toMatchObject({ summary: { created: 1 } });
    expect(await run(`${others}\n${twice}`, 'fail-line')).toEqual({
      summary: { created: 1, skipped: 0, failed: 3 },
      problems: [
        { line: 1, field: 'username', problem: 'is taken' },
        { line: 2, field: 'id', problem: 'is taken' },
        { line: 4, field: 'username', problem: 'is taken' },
      ],
    });
    const skipped = { summary: { created: 0, skipped: 5, failed: 0 }, problems: [] };
    expect(await run(`${first}\n${others}\n${twice}`, 'skip')).toEqual(skipped);
    expect(await stored('Taken')).toMatchObject([{ id, email: 'first@example.com' }]);
  });

  it('keeps what was created before the lines broke off, and creates the rest when they are sent again', async () => {
    const lines = Array.from({ length: 1_200 }, (_, index) => `{"username":"broken-${index}"}\n`).join('');
    const breaksOff = async function* () {
      yield Buffer.from(lines);
      await Promise.resolve();
      throw new Error('the client has gone');
    };
    await expect(run(breaksOff())).rejects.toThrow('the client has gone');
    expect(await run(lines, 'skip')).toMatchObject({ summary: { created: 200, skipped: 1_000, failed: 0 } });
  });

  it('creates 20,000 users with hashes in a matter of seconds', async () => {
    const lines = async function* () {
      for (let batch = 0; batch < 200; batch += 1) {
        const users = Array.from({ length: 100 }, (_, index) => {
          const username = `many-${batch}-${index}`;
          return `{"username":"${username}","email":"${username}@example.com","password_hash":"${BCRYPT}"}\n`;
        });
        yield Buffer.from(users.join(''));
        await Promise.resolve();
      }
    };
    const before = Date.now();
    expect((await run(lines())).summary).toEqual({ created: 20_000, skipped: 0, failed: 0 });
    expect(Date.now() - before).toBeLessThan(20_000);
  });
});

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 1_000) {
    yield bytes.subarray(start, start + 1_000);
    await Promise.resolve();
  }
}
