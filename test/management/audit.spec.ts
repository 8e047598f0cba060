import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditLog } from '../../src/audit/audit-log.js';
import { Database } from '../../src/database/database.js';
import { type Answer } from '../support/http.js';
import { ifMatch, type ManagementClient, startManaged } from '../support/management.js';
import { type TestApp } from '../support/test-app.js';

interface Entry {
  readonly sequence: number;
  readonly action: string;
  readonly [member: string]: unknown;
}

let service: TestApp & { readonly admin: ManagementClient };
let admin: ManagementClient;
beforeAll(async () => {
  service = await startManaged();
  ({ admin } = service);
});
afterAll(() => service.stop());

const items = ({ body }: Answer): Entry[] => body.items as Entry[];
const append = (action: string): Promise<void> =>
  service.app.get(Database).transaction((transaction) => {
    service.app.get(AuditLog).append(transaction, { actor: { type: 'system', id: 'test' }, action });
    return Promise.resolve();
  });
const verify = async (body?: object) => (await admin.post('/audit/verify', body)).body;
const tamper = async (statement: string): Promise<void> => {
  await service.database.pool.query(`
    ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;
    ${statement};
    ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only`);
};

describe('the audit log', () => {
  it('has who changed what, from what to what, by which request', async () => {
    const headers = { 'x-request-id': 'request-of-a-change' };
    const created = await admin.post('/clients', { client_id: 'watched', client_name: 'Before' }, headers);
    await admin.patch('/clients/watched', { client_name: 'After' }, { ...headers, ...ifMatch(created) });
    const [changed, first] = items(await admin.get('/audit?request_id=request-of-a-change'));
    expect(first).toMatchObject({ action: 'client.created', after: { client_name: 'Before' } });
    expect(changed).toMatchObject({
      actor: { type: 'client', id: 'admin' },
      action: 'client.changed',
      target: { type: 'client', id: 'watched' },
      request_id: 'request-of-a-change',
      before: { client_name: 'Before' },
      after: { client_name: 'After' },
    });
    const { text } = await admin.get('/audit');
    expect(text).not.toContain(created.body.client_secret);
  });

  it('has nothing of what was refused or rolled back', async () => {
    const before = (await verify()).verified;
    await admin.post('/clients', { client_id: 'not a client' });
    await admin.post('/clients', { client_id: 'watched' });
    await admin.delete('/clients/watched', { 'if-match': '"other"' });
    expect((await verify()).verified).toBe(before);
  });

  it('is one chain, however many write at once', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => append(`concurrent.${index}`)));
    expect(await verify()).toMatchObject({ intact: true });
    const sequences = items(await admin.get('/audit?limit=1000')).map(({ sequence }) => sequence);
    expect(sequences).toEqual(
      Array.from({ length: sequences.length }, (_, index) => sequences.length - index),
    );
  });

  it('is listed in pages and found by action, actor, target and time', async () => {
    const first = await admin.get('/audit?limit=20');
    const second = await admin.get(`/audit?limit=20&cursor=${String(first.body.next_cursor)}`);
    expect(items(first).at(-1)!.sequence - items(second)[0]!.sequence).toBe(1);
    expect(items(await admin.get('/audit?action=concurrent.7'))).toHaveLength(1);
    expect(items(await admin.get('/audit?target_type=client&target=watched'))).toHaveLength(2);
    expect(items(await admin.get('/audit?actor=nobody'))).toHaveLength(0);
    expect(items(await admin.get('/audit?before=2020-01-01T00:00:00Z'))).toHaveLength(0);
    expect(items(await admin.get('/audit?after=2020-01-01T00:00:00Z&limit=1'))).toHaveLength(1);
    expect((await admin.get('/audit?after=yesterday')).status).toBe(422);
    expect((await admin.get('/audit?cursor=eA')).status).toBe(422);
  });

  it('is exported as NDJSON, all of it', async () => {
    const answer = await admin.get('/audit/export');
    expect(answer.headers['content-type']).toMatch(/^application\/x-ndjson/);
    const lines = answer.text.trimEnd().split('\n');
    expect(lines).toHaveLength((await verify()).verified as number);
    expect(lines.map((line) => (JSON.parse(line) as Entry).sequence).at(-1)).toBe(1);
  });

  it('can’t be changed by mistake', async () => {
    const { pool } = service.database;
    await expect(pool.query('DELETE FROM audit_entry')).rejects.toThrow(/only appended to/);
    await expect(pool.query(`UPDATE audit_entry SET occurred_at = now()`)).rejects.toThrow(
      /only appended to/,
    );
    await expect(pool.query('TRUNCATE audit_entry')).rejects.toThrow(/only appended to/);
  });
});

describe('verification shows', () => {
  it('an entry that was changed', async () => {
    await append('to.be.changed');
    const [{ sequence } = { sequence: 0 }] = items(await admin.get('/audit?action=to.be.changed'));
    const { pool } = service.database;
    const { rows } = await pool.query<{ document: string }>(
      `SELECT document::text FROM audit_entry WHERE sequence = ${sequence}`,
    );
    await tamper(
      `UPDATE audit_entry SET document = replace(document::text, 'to.be.changed', 'something.harmless')::json WHERE sequence = ${sequence}`,
    );
    expect(await verify()).toMatchObject({
      intact: false,
      verified: sequence - 1,
      broken: { sequence, problem: 'changed_entry' },
    });
    await tamper(
      `UPDATE audit_entry SET document = '${rows[0]!.document}'::json WHERE sequence = ${sequence}`,
    );
    expect(await verify()).toMatchObject({ intact: true });
  });

  it('an entry that was removed', async () => {
    await append('to.be.removed');
    await append('after.it');
    const [{ sequence } = { sequence: 0 }] = items(await admin.get('/audit?action=to.be.removed'));
    await service.database.pool.query(
      `CREATE TABLE kept AS SELECT * FROM audit_entry WHERE sequence = ${sequence}`,
    );
    await tamper(`DELETE FROM audit_entry WHERE sequence = ${sequence}`);
    expect(await verify()).toMatchObject({ intact: false, broken: { sequence, problem: 'missing_entry' } });
    await tamper(
      `INSERT INTO audit_entry (sequence, document, occurred_at, key_version, mac)
       SELECT sequence, document, occurred_at, key_version, mac FROM kept`,
    );
    expect(await verify()).toMatchObject({ intact: true });
  });

  it('an end that was cut off, even with its head put right, to whoever kept an anchor', async () => {
    await append('to.be.cut.off');
    const { head } = await verify();
    expect(await verify({ anchor: head })).toMatchObject({ intact: true });
    await tamper(`DELETE FROM audit_entry WHERE sequence = (SELECT max(sequence) FROM audit_entry)`);
    const { sequence } = head as { sequence: number };
    expect(await verify()).toMatchObject({ intact: false, broken: { sequence, problem: 'cut_off' } });
    await service.database.pool.query(
      `UPDATE audit_head SET (sequence, mac) = (SELECT sequence, mac FROM audit_entry ORDER BY sequence DESC LIMIT 1)`,
    );
    expect(await verify()).toMatchObject({ intact: true });
    expect(await verify({ anchor: head })).toMatchObject({ intact: false, broken: { problem: 'cut_off' } });
    await append('in.its.place');
    expect(await verify({ anchor: head })).toMatchObject({
      intact: false,
      broken: { sequence, problem: 'anchor_differs' },
    });
  });
});
