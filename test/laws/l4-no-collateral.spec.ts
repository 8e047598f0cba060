import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { type DpopKey, dpopKey, proof } from '../support/dpop.js';
import { age, countEvents, familyRow } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { type Caller, firstRefreshToken, refresh, tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OWNER: Caller = { id: 'owner', secret: CLIENT_SECRET };
const OTHER: Caller = { id: 'other', secret: CLIENT_SECRET };
const BOUND: Caller = { id: 'bound' };

/** L4: a wrong client, a wrong proof key, too much asked for or a disabled grant spends and kills nothing. */
describe('L4 no collateral', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    const audiences = ['https://api.example.com'];
    await registerClient(service, { id: OWNER.id, audiences });
    await registerClient(service, { id: OTHER.id });
    await registerClient(service, { id: BOUND.id, type: 'public' });
  });
  afterAll(() => service.stop());

  const offences: Record<string, { error: string; present: (token: string) => Promise<Answer> }> = {
    'another client': { error: 'invalid_grant', present: (token) => refresh(service.url, token, OTHER) },
    'too wide a scope': {
      error: 'invalid_scope',
      present: (token) => refresh(service.url, token, OWNER, { scope: 'read admin' }),
    },
    'a foreign resource': {
      error: 'invalid_target',
      present: (token) => refresh(service.url, token, OWNER, { resource: 'https://other.example.com' }),
    },
    'a disabled grant': {
      error: 'unauthorized_client',
      present: async (token) => {
        const clients = service.app.get(ClientService);
        await clients.change(OWNER.id, { grantTypes: ['password'] });
        const answer = await refresh(service.url, token, OWNER);
        await clients.change(OWNER.id, { grantTypes: ['password', 'refresh_token'] });
        return answer;
      },
    },
  };

  describe.each(Object.entries(offences))('%s', (_name, { error, present }) => {
    it('spends nothing of a current token', async () => {
      const token = await firstRefreshToken(service.url, OWNER);
      expect((await present(token)).body.error).toBe(error);
      expect(await familyRow(service.database.pool, token)).toMatchObject({
        generation: 0,
        revoked_at: null,
      });
      expect((await refresh(service.url, token, OWNER)).status).toBe(200);
    });

    it('kills nothing with a token spent long ago (hydra looks at reuse first)', async () => {
      const token = await firstRefreshToken(service.url, OWNER);
      const current = (await refresh(service.url, token, OWNER)).body.refresh_token!;
      await age(service.database.pool, token, 3_600);
      expect((await present(token)).body.error).toBe(error);
      expect(await countEvents(service.database.pool, token)).toBe(0);
      expect((await refresh(service.url, current, OWNER)).status).toBe(200);
    });
  });

  it.each(['a current token', 'a token spent long ago'])(
    'a wrong or missing proof key does nothing to %s',
    async (what) => {
      const [key, thief] = [await dpopKey(), await dpopKey()];
      const first = await firstRefreshTokenBoundTo(key);
      const isSpent = what !== 'a current token';
      const current = isSpent ? (await refreshBound(first, key)).body.refresh_token! : first;
      if (isSpent) await age(service.database.pool, first, 3_600);
      expect((await refreshBound(first, thief)).body.error).toBe('invalid_grant');
      expect((await refresh(service.url, first, BOUND)).body.error).toBe('invalid_dpop_proof');
      expect(await countEvents(service.database.pool, first)).toBe(0);
      expect((await refreshBound(current, key)).status).toBe(200);
    },
  );

  it('a thief who binds a stolen token to a key is not safe from the replay of its owner', async () => {
    const stolen = await firstRefreshToken(service.url, BOUND);
    const bound = (await refreshBound(stolen, await dpopKey())).body.refresh_token!;
    expect((await refresh(service.url, bound, BOUND)).body.error).toBe('invalid_dpop_proof');
    await age(service.database.pool, stolen, 60);
    expect((await refresh(service.url, stolen, BOUND)).body.error).toBe('invalid_grant');
    expect(await familyRow(service.database.pool, stolen)).toMatchObject({ revocation_reason: 'replay' });
  });

  async function firstRefreshTokenBoundTo(key: DpopKey): Promise<string> {
    const parameters = { grant_type: 'password', username: 'john', password: 'doe' };
    const dpop = await proof(key, `${service.url}/oauth2/token`);
    return (await tokenRequest(service.url, BOUND, parameters, { dpop })).body.refresh_token!;
  }

  async function refreshBound(token: string, key: DpopKey): Promise<Answer> {
    return refresh(service.url, token, BOUND, {}, { dpop: await proof(key, `${service.url}/oauth2/token`) });
  }
});
