import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { type ClientTokenPolicy } from '../../src/clients/token-policy.js';
import { age, familyRow } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { type Caller, firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

let service: TestApp;
let registered = 0;
beforeAll(async () => {
  service = await startApp();
});
afterAll(() => service.stop());

/** A new client with a token policy. */
async function clientWith(tokenPolicy: ClientTokenPolicy, type: 'public' | 'confidential' = 'confidential') {
  registered += 1;
  const id = await registerClient(service, { id: `client-${registered}`, type, tokenPolicy });
  return type === 'public' ? { id } : { id, secret: CLIENT_SECRET };
}
const change = (client: Caller, tokenPolicy: ClientTokenPolicy): Promise<boolean> =>
  service.app.get(ClientService).change(client.id, { tokenPolicy });
const first = (client: Caller): Promise<string> => firstRefreshToken(service.url, client);
const refreshed = (token: string, client: Caller): Promise<Answer> => refresh(service.url, token, client);
const pass = (token: string, seconds: number): Promise<void> => age(service.database.pool, token, seconds);

/** The seconds that an answer promises, which may be one less than set: they are rounded down. */
function expectLifetime(answer: Answer, seconds: number): void {
  expect(answer.status).toBe(200);
  const lifetime = Number(answer.body.refresh_token_expires_in);
  expect([seconds, seconds - 1, seconds - 2]).toContain(lifetime);
}

describe('rotation', () => {
  it('switched off returns the same token, again and again, with new access tokens', async () => {
    const client = await clientWith({ rotation: false });
    const token = await first(client);
    const answers = [await refreshed(token, client), await refreshed(token, client)];
    for (const answer of answers) expect([answer.status, answer.body.refresh_token]).toEqual([200, token]);
    expect(answers[0]!.body.access_token).not.toBe(answers[1]!.body.access_token);
    expect(await familyRow(service.database.pool, token)).toMatchObject({ generation: 0, revoked_at: null });
  });

  it('switched off keeps the expiry that the token has, and ends with it', async () => {
    const client = await clientWith({ rotation: false, refresh_token_lifetime: 100 });
    const token = await first(client);
    await pass(token, 60);
    expectLifetime(await refreshed(token, client), 40);
    await pass(token, 41);
    expect((await refreshed(token, client)).body.error).toBe('invalid_grant');
  });

  it('switched off for the server rotates the token of a public client all the same (S0.1)', async () => {
    const server = await startApp({ REFRESH_TOKEN_ROTATION: 'false' });
    try {
      const spa = { id: 'demo-spa' };
      const token = await firstRefreshToken(server.url, spa);
      const answer = await refresh(server.url, token, spa);
      expect(answer.status).toBe(200);
      expect(answer.body.refresh_token).not.toBe(token);
      const confidential = await firstRefreshToken(server.url);
      expect((await refresh(server.url, confidential)).body.refresh_token).toBe(confidential);
    } finally {
      await server.stop();
    }
  });

  it('off is refused for a public client, at registration and in a change (S0.1)', async () => {
    await expect(clientWith({ rotation: false }, 'public')).rejects.toThrow(
      'token_policy/rotation must be on',
    );
    const client = await clientWith({}, 'public');
    await expect(change(client, { rotation: false })).rejects.toThrow('token_policy/rotation must be on');
    const token = await first(client);
    expect((await refreshed(token, client)).body.refresh_token).not.toBe(token);
  });
});

describe('expiry', () => {
  it('sliding gives each successor a fresh lifetime', async () => {
    const client = await clientWith({ refresh_token_expiry: 'sliding', refresh_token_lifetime: 1000 });
    let token = await first(client);
    for (let round = 0; round < 3; round += 1) {
      await pass(token, 900);
      const answer = await refreshed(token, client);
      expectLifetime(answer, 1000);
      token = answer.body.refresh_token!;
    }
  });

  it('fixed keeps the first expiry, however often the token rotates', async () => {
    const client = await clientWith({ refresh_token_expiry: 'fixed', refresh_token_lifetime: 1000 });
    const token = await first(client);
    await pass(token, 600);
    const second = await refreshed(token, client);
    expectLifetime(second, 400);
    await pass(token, 300);
    const third = await refreshed(second.body.refresh_token!, client);
    expectLifetime(third, 100);
    await pass(token, 101);
    expect((await refreshed(third.body.refresh_token!, client)).body.error).toBe('invalid_grant');
  });

  it('refuses a token that was never used in its lifetime', async () => {
    const client = await clientWith({ refresh_token_lifetime: 10 });
    const token = await first(client);
    await pass(token, 11);
    const answer = await refreshed(token, client);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    expect(await familyRow(service.database.pool, token)).toMatchObject({ revoked_at: null });
  });

  it('never passes the absolute lifetime, counted from the first token (A8)', async () => {
    const client = await clientWith({ refresh_token_lifetime: 100, absolute_lifetime: 250 });
    const token = await first(client);
    await pass(token, 90);
    const second = await refreshed(token, client);
    expectLifetime(second, 100);
    await pass(token, 90);
    const third = await refreshed(second.body.refresh_token!, client);
    expectLifetime(third, 70);
    await pass(token, 71);
    expect((await refreshed(third.body.refresh_token!, client)).body.error).toBe('invalid_grant');
  });

  it('of the first token is cut to a shorter absolute lifetime (A8)', async () => {
    const client = await clientWith({ refresh_token_lifetime: 100, absolute_lifetime: 40 });
    expectLifetime(await signIn(service.url, client), 40);
  });
});

describe('grace', () => {
  it('of 0 makes a second presentation a replay at once', async () => {
    const client = await clientWith({ rotation_grace_seconds: 0 });
    const token = await first(client);
    const { refresh_token: successor } = (await refreshed(token, client)).body;
    expect((await refreshed(token, client)).body.error).toBe('invalid_grant');
    expect((await refreshed(successor!, client)).body.error).toBe('invalid_grant');
    expect(await familyRow(service.database.pool, token)).toMatchObject({ revocation_reason: 'replay' });
  });

  it('is each client’s own: 100 s for one, the server’s 10 s for another', async () => {
    const patient = await clientWith({ rotation_grace_seconds: 100 });
    const ordinary = await clientWith({});
    const errors = [];
    for (const client of [patient, ordinary]) {
      const token = await first(client);
      const { refresh_token: successor } = (await refreshed(token, client)).body;
      await pass(token, 50);
      const retry = await refreshed(token, client);
      errors.push(retry.body.error);
      if (retry.status === 200) expect(retry.body.refresh_token).toBe(successor);
    }
    expect(errors).toEqual([undefined, 'invalid_grant']);
  });

  it('ends when the successor has been used', async () => {
    const client = await clientWith({ rotation_grace_seconds: 86_400 });
    const token = await first(client);
    const second = (await refreshed(token, client)).body.refresh_token!;
    expect((await refreshed(second, client)).status).toBe(200);
    expect((await refreshed(token, client)).body.error).toBe('invalid_grant');
    expect(await familyRow(service.database.pool, token)).toMatchObject({ revocation_reason: 'replay' });
  });
});

describe('a change of policy applies at once to the families that there are:', () => {
  it('rotation off, and on again', async () => {
    const client = await clientWith({});
    const token = (await refreshed(await first(client), client)).body.refresh_token!;
    await change(client, { rotation: false });
    expect((await refreshed(token, client)).body.refresh_token).toBe(token);
    await change(client, { rotation: true });
    expect((await refreshed(token, client)).body.refresh_token).not.toBe(token);
  });

  it('a shorter grace', async () => {
    const client = await clientWith({ rotation_grace_seconds: 100 });
    const token = await first(client);
    await refreshed(token, client);
    await change(client, { rotation_grace_seconds: 0 });
    expect((await refreshed(token, client)).body.error).toBe('invalid_grant');
  });

  it('another lifetime, with the next token', async () => {
    const client = await clientWith({ refresh_token_lifetime: 1000 });
    const token = await first(client);
    await change(client, { refresh_token_lifetime: 50, access_token_lifetime: 5 });
    const answer = await refreshed(token, client);
    expectLifetime(answer, 50);
    expect(answer.body.expires_in).toBe(5);
  });

  it.each([true, false])('an absolute lifetime that is already past (A8), rotation %j', async (rotation) => {
    const client = await clientWith({ refresh_token_lifetime: 1000, rotation });
    const token = await first(client);
    await pass(token, 500);
    await change(client, { refresh_token_lifetime: 100, absolute_lifetime: 400, rotation });
    const answer = await refreshed(token, client);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });
});
