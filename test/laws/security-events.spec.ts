import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { AuditVerifier } from '../../src/audit/audit-verifier.js';
import { type AuditDocument } from '../../src/audit/audit-entry.js';
import { age, countEvents, familyIdOf, familyRow } from '../support/families.js';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { haveRefused } from '../support/refused-refreshes.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const STRICT = { id: 'strict', secret: CLIENT_SECRET };

/** What someone should look at is in the audit log, in the transaction that acts on it. */
describe('security events in the audit log', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: STRICT.id, tokenPolicy: { rotation_grace_seconds: 0 } });
  });
  afterAll(async () => {
    expect(await service.app.get(AuditVerifier).verify()).toMatchObject({ intact: true });
    await service.stop();
  });

  const entriesOf = async (token: string): Promise<AuditDocument[]> => {
    const filter = { targetType: 'token_family', target: familyIdOf(token) };
    const documents = await service.app.get(AuditRepository).find(filter, Number.MAX_SAFE_INTEGER, 100);
    return documents.map((document) => JSON.parse(document) as AuditDocument);
  };

  it.each([
    ['wrong_client', 'refresh_token.used_by_wrong_client'],
    ['wrong_proof_key', 'refresh_token.used_with_wrong_proof_key'],
    ['replayed', 'refresh_token.replayed'],
  ])(
    'has an entry of a token that was refused for %s, with who and which request',
    async (refusal, action) => {
      const { token, client, answer } = await haveRefused(service, refusal);
      const entries = await entriesOf(token);
      expect(entries).toHaveLength(1);
      expect(entries[0]).toMatchObject({
        action,
        actor: { type: 'client', id: client.id },
        target: { type: 'token_family', id: familyIdOf(token) },
        request_id: answer.headers['x-request-id'],
      });
      expect(JSON.stringify(entries)).not.toContain(token);
      expect(await countEvents(service.database.pool, token)).toBe(refusal === 'replayed' ? 1 : 0);
    },
  );

  it('has none of a refusal that nobody need look at', async () => {
    for (const refusal of ['expired', 'scope_too_wide', 'proof_missing']) {
      expect(await entriesOf((await haveRefused(service, refusal)).token)).toEqual([]);
    }
  });

  it('has one entry of a client that loops with the token of another, and nothing is spent (L4)', async () => {
    const token = await firstRefreshToken(service.url);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(service.url, token, STRICT)));
    expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set(['invalid_grant']));
    expect(await entriesOf(token)).toHaveLength(1);
    expect((await refresh(service.url, token)).status).toBe(200);
  });

  it('has one entry of many concurrent replays (L1)', async () => {
    const token = await firstRefreshToken(service.url, STRICT, { scope: '' });
    expect((await refresh(service.url, token, STRICT)).status).toBe(200);
    await Promise.all(Array.from({ length: 20 }, () => refresh(service.url, token, STRICT)));
    expect(await entriesOf(token)).toHaveLength(1);
    expect(await countEvents(service.database.pool, token)).toBe(1);
  });

  it('writes it with the revocation, or neither: nobody sees one without the other', async () => {
    const token = await firstRefreshToken(service.url);
    await refresh(service.url, token);
    await age(service.database.pool, token, 60);
    const holding = await service.database.pool.connect();
    await holding.query('BEGIN');
    await holding.query('SELECT 1 FROM audit_head FOR UPDATE');
    const replay = refresh(service.url, token);
    await until(async () => (await waiting()) > 0);
    expect(await familyRow(service.database.pool, token)).toMatchObject({ revoked_at: null });
    await holding.query('COMMIT');
    holding.release();
    expect((await replay).body.error).toBe('invalid_grant');
    expect(await familyRow(service.database.pool, token)).toMatchObject({ revocation_reason: 'replay' });
    expect(await entriesOf(token)).toHaveLength(1);
  });

  it('answers with a fault of its own where it can not be written, and the next refusal writes it', async () => {
    const token = await firstRefreshToken(service.url);
    await service.database.pool.query('ALTER TABLE audit_head RENAME TO away');
    const unwritten = await refresh(service.url, token, STRICT);
    await service.database.pool.query('ALTER TABLE away RENAME TO audit_head');
    expect(unwritten.status).toBeGreaterThanOrEqual(500);
    expect((await refresh(service.url, token, STRICT)).status).toBe(400);
    expect(await entriesOf(token)).toHaveLength(1);
  });

  const waiting = async (): Promise<number> => {
    const { rows } = await service.database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows[0]!.count;
  };
});
