import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NotedRefusal } from '../../src/refusals/refused-request.js';
import { RefusalJournal } from '../../src/refusals/refusal-journal.js';
import { RefusalRepository } from '../../src/refusals/refusal.repository.js';
import { Sweeper } from '../../src/database/sweeper.js';
import { familyIdOf } from '../support/families.js';
import { type Answer, basic, postForm } from '../support/http.js';
import { DEMO, firstRefreshToken, refresh, tokenRequest } from '../support/oauth.js';
import { haveRefused, REFUSALS } from '../support/refused-refreshes.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

describe('the journal of refusals', () => {
  let service: TestApp;
  let repository: RefusalRepository;
  beforeAll(async () => {
    service = await startApp({ PURGE_INTERVAL: '0' });
    repository = service.app.get(RefusalRepository);
  });
  afterAll(() => service.stop());

  const find = (requestId: string) => repository.find({ requestId }, 10);
  const noted = async ({ headers }: Answer): Promise<NotedRefusal> => {
    const requestId = headers['x-request-id'] as string;
    await until(async () => (await find(requestId)).length > 0);
    const found = await find(requestId);
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const countAll = async (): Promise<number> => {
    const { rows } = await service.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM refusal',
    );
    return rows[0]!.count;
  };

  it.each(REFUSALS)('tells by the request id that a refresh failed for %s', async (refusal) => {
    const { answer, token, client } = await haveRefused(service, refusal);
    const entry = await noted(answer);
    expect(entry).toMatchObject({
      path: '/oauth2/token',
      status: 400,
      error: answer.body.error,
      reason: answer.body.error_description,
      detail: refusal,
      clientId: client.id,
      grantType: 'refresh_token',
    });
    expect(entry.familyId).toBe(refusal === 'malformed' ? undefined : familyIdOf(token));
    expect(Math.abs(entry.occurredAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('tells which client failed to authenticate where it is registered, and of a stranger nothing', async () => {
    const attempt = (id: string) =>
      tokenRequest(service.url, { id, secret: 'wrong' }, { grant_type: 'password' });
    expect(await noted(await attempt(DEMO.id))).toMatchObject({
      status: 401,
      error: 'invalid_client',
      detail: 'wrong credentials',
      clientId: DEMO.id,
      grantType: 'password',
    });
    const stranger = await noted(await attempt('a-stranger'));
    expect(stranger).toMatchObject({ detail: 'unknown client' });
    expect(stranger.clientId).toBeUndefined();
    expect(JSON.stringify(stranger)).not.toContain('a-stranger');
  });

  it('keeps no text of the request that could be a secret in the wrong place', async () => {
    const secret = 'rgr_a-secret-in-the-wrong-place';
    const answers = [
      await tokenRequest(service.url, DEMO, { grant_type: secret }),
      await tokenRequest(service.url, DEMO, { grant_type: 'password', [secret]: ['1', '2'] }),
      await postForm(`${service.url}/oauth2/token?token=${secret}`, {}),
    ];
    for (const answer of answers) expect(JSON.stringify(await noted(answer))).not.toContain('rgr_');
  });

  it('notes what /oauth2/revoke and /oauth2/introspect refuse', async () => {
    const other = await haveRefused(service, 'scope_too_wide', 'revoke-other');
    const authorization = basic(DEMO.id, DEMO.secret!);
    const foreign = await postForm(`${service.url}/oauth2/revoke`, { token: other.token }, { authorization });
    expect(await noted(foreign)).toMatchObject({
      path: '/oauth2/revoke',
      error: 'invalid_grant',
      detail: 'wrong_client',
      familyId: familyIdOf(other.token),
    });
    const missing = await postForm(`${service.url}/oauth2/introspect`, {}, { authorization });
    expect(await noted(missing)).toMatchObject({ path: '/oauth2/introspect', error: 'invalid_request' });
  });

  it('finds refusals by client and by family too, newest first, in pages', async () => {
    const { answer, token, client } = await haveRefused(service, 'scope_too_wide', 'pages');
    await noted(answer);
    const again = await refresh(service.url, token, client, { scope: 'admin' });
    await noted(again);
    for (const filter of [{ clientId: client.id }, { familyId: familyIdOf(token) }]) {
      const [latest] = await repository.find(filter, 1);
      expect(latest!.requestId).toBe(again.headers['x-request-id']);
      const [first, ...rest] = await repository.find(filter, 10, latest!.id);
      expect(first!.requestId).toBe(answer.headers['x-request-id']);
      expect(rest).toEqual([]);
    }
  });

  it('notes nothing of requests that succeed, nor of other endpoints', async () => {
    const token = await firstRefreshToken(service.url);
    const answers = [
      await refresh(service.url, token),
      await postForm(`${service.url}/no/such/endpoint`, {}),
      await refresh(service.url, 'malformed'),
    ];
    await noted(answers[2]!);
    for (const { headers } of answers.slice(0, 2))
      expect(await find(headers['x-request-id'] as string)).toEqual([]);
  });

  it('writes no more than a few of a flood, and hides no other client behind it', async () => {
    const journal = service.app.get(RefusalJournal);
    const note = (requestId: string, clientId?: string) => {
      journal.note({
        requestId,
        clientId,
        path: '/oauth2/token',
        status: 400,
        error: 'invalid_grant',
        reason: '',
      });
    };
    for (let index = 0; index < 1_000; index += 1) note('of-the-flood');
    note('beside-the-flood', 'other');
    await until(async () => (await find('beside-the-flood')).length > 0);
    expect(await repository.find({ requestId: 'of-the-flood' }, 1_000)).toHaveLength(25);
    for (let index = 0; index < 1_000; index += 1) note('of-many-clients', `client-${index}`);
    note('after-the-flood');
    await until(async () => (await find('of-many-clients')).length > 0);
    expect(await repository.find({ requestId: 'of-many-clients' }, 1_000)).toHaveLength(100);
    expect(await find('after-the-flood')).toEqual([]);
  });

  it('forgets what is older than REFUSAL_RETENTION', async () => {
    const { answer } = await haveRefused(service, 'expired', 'forgotten');
    const { id } = await noted(answer);
    const kept = await countAll();
    await service.app.get(Sweeper).run('refusals');
    expect(await countAll()).toBe(kept);
    const aged = `01900000${id.slice(8)}`;
    await service.database.pool.query('UPDATE refusal SET id = $2 WHERE id = $1', [id, aged]);
    await service.app.get(Sweeper).run('refusals');
    expect(await countAll()).toBe(kept - 1);
    expect(await find(answer.headers['x-request-id'] as string)).toEqual([]);
  });

  it('keeps none where REFUSAL_RETENTION is 0, and all until its end where it is stopped', async () => {
    const off = await startApp({ REFUSAL_RETENTION: '0' });
    const { REGRANT_KEYS } = off.environment;
    expect((await refresh(off.url, 'forged')).status).toBe(400);
    await off.app.close();
    const count = 'SELECT count(*)::int AS count FROM refusal';
    expect((await off.database.pool.query(count)).rows).toEqual([{ count: 0 }]);
    const on = await startApp({ REFUSAL_RETENTION: '60', REGRANT_KEYS }, off.database);
    expect((await refresh(on.url, 'forged')).status).toBe(400);
    await on.app.close();
    expect((await off.database.pool.query(count)).rows).toEqual([{ count: 1 }]);
    await off.database.drop();
  });
});
