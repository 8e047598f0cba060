import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { age, countEvents, familyRow } from '../support/families.js';
import { DEMO, firstRefreshToken, refresh } from '../support/oauth.js';
import { startApp, type TestApp } from '../support/test-app.js';

describe('refresh token grant', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  it('rotates, and answers all members of RFC 6749 §5.1 with no-store (A4)', async () => {
    const first = await firstRefreshToken(service.url);
    const answer = await refresh(service.url, first);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'profile email',
      refresh_token: expect.stringMatching(/^rgr_[\w-]{92}$/),
      refresh_token_expires_in: 86_400,
    });
    expect(answer.body.refresh_token).not.toBe(first);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });

  it('gives a retry inside grace the same successor (L3)', async () => {
    const first = await firstRefreshToken(service.url);
    const rotated = await refresh(service.url, first);
    const retried = await refresh(service.url, first);
    expect(retried.status).toBe(200);
    expect(retried.body.refresh_token).toBe(rotated.body.refresh_token);
    expect((await refresh(service.url, rotated.body.refresh_token!)).status).toBe(200);
  });

  it('revokes the family on a replay outside grace, once, with one event (S0.2, L5)', async () => {
    const first = await firstRefreshToken(service.url);
    const second = (await refresh(service.url, first)).body.refresh_token!;
    await age(service.database.pool, first, 11);
    for (let replay = 0; replay < 3; replay += 1) {
      const answer = await refresh(service.url, first, DEMO);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    }
    expect((await refresh(service.url, second)).body.error).toBe('invalid_grant');
    expect(await familyRow(service.database.pool, first)).toMatchObject({ revocation_reason: 'replay' });
    expect(await countEvents(service.database.pool, first)).toBe(1);
  });
});
