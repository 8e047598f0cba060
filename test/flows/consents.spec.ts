import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConsentService } from '../../src/authorization/consents/consent.service.js';
import { ClientLifecycleService } from '../../src/revocation/client-lifecycle.service.js';
import { Database } from '../../src/database/database.js';
import { Sweeper } from '../../src/database/sweeper.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { UserService } from '../../src/users/user.service.js';
import {
  authorizationParameters,
  authorizeUrl,
  CALLBACK,
  exchange,
  freshCode,
  pageOf,
} from '../support/authorization.js';
import { familyRow } from '../support/families.js';
import { FollowingBrowser } from '../support/following-browser.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, refresh } from '../support/oauth.js';
import { registerClient, startApp, type TestApp } from '../support/test-app.js';

const WITHDRAWN = { reason: 'consent_withdrawn', initiator: 'user' } as const;

describe('consents', () => {
  let service: TestApp;
  let john: string;
  beforeAll(async () => {
    service = await startApp();
    john = (await service.app.get(UserService).findByUsername(DEMO_USER.username))!.id;
  });
  afterAll(() => service.stop());

  const sweep = (name: string) => service.app.get(Sweeper).run(name);
  const count = async (table: string): Promise<number> => {
    const { rows } = await service.database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    return rows[0]!.count;
  };
  const pageFor = async (client_id: string, scope: string, redirect_uri = CALLBACK) => {
    const browser = new FollowingBrowser(service.url);
    const signIn = await browser.get(authorizeUrl(service.url, { client_id, scope, redirect_uri }));
    return pageOf(await browser.submit(signIn, DEMO_USER));
  };

  it('are listed by client, with all that was granted so far', async () => {
    await freshCode(service.url, { scope: 'email' });
    await freshCode(service.url, { scope: 'profile email' });
    const [consent, ...others] = await service.app.get(ConsentService).listByUser(john);
    expect(others).toEqual([]);
    expect([consent!.client_id, [...consent!.scopes].sort()]).toEqual(['demo', ['email', 'profile']]);
    expect(consent!.updated_at.getTime()).toBeGreaterThan(consent!.granted_at.getTime());
  });

  it('that are withdrawn end tokens and codes of the client, with one event, and are asked for anew', async () => {
    const { body } = await exchange(service.url, await freshCode(service.url, { scope: 'email' }));
    const open = await freshCode(service.url, { scope: 'email' });
    const withdraw = () =>
      service.app
        .get(Database)
        .transaction((transaction) =>
          service.app.get(ConsentService).withdraw(transaction, john, 'demo', WITHDRAWN),
        );
    expect([await withdraw(), await withdraw()]).toEqual([true, false]);
    expect((await refresh(service.url, body.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await familyRow(service.database.pool, body.refresh_token!))?.revocation_reason).toBe(
      'consent_withdrawn',
    );
    expect((await exchange(service.url, open)).body.error).toBe('invalid_grant');
    const { rows } = await service.database.pool.query(
      `SELECT type FROM revocation_event WHERE reason = 'consent_withdrawn'`,
    );
    expect(rows).toEqual([{ type: 'user-client-tokens-revoked' }]);
    expect(await pageFor('demo', 'email')).toBe('consent');
  });

  it('to a client that was deleted are swept, and none to another client of its id', async () => {
    const register = () =>
      registerClient(service, {
        id: 'shop',
        grantTypes: ['authorization_code'],
        redirectUris: [CALLBACK],
      });
    await register();
    await freshCode(service.url, { client_id: 'shop', scope: 'read' });
    expect(await pageFor('shop', 'read')).toBe('elsewhere');
    const clients = service.app.get(ClientLifecycleService);
    await clients.delete('shop', 'admin');
    await register();
    expect(await pageFor('shop', 'read')).toBe('consent');
    await clients.delete('shop', 'admin');
    await freshCode(service.url, { scope: 'email' });
    expect(await count('consent')).toBe(2);
    await sweep('consents to deleted clients');
    expect(await count('consent')).toBe(1);
  });

  it.each([
    ['authorization codes', 'authorization_code'],
    ['pushed authorization requests', 'pushed_authorization_request'],
    ['device authorizations', 'device_authorization'],
  ])('go by the clock elsewhere: %s that are long over are swept', async (name, table) => {
    const authorization = basic(DEMO.id, DEMO.secret!);
    await freshCode(service.url, { scope: 'email' });
    await postForm(`${service.url}/oauth2/par`, authorizationParameters(), { authorization });
    await postForm(`${service.url}/oauth2/device_authorization`, {}, { authorization });
    const before = await count(table);
    expect(before).toBeGreaterThan(0);
    await sweep(name);
    expect(await count(table)).toBe(before);
    await service.database.pool.query(`UPDATE ${table} SET expires_at = expires_at - interval '2 days'`);
    await sweep(name);
    expect(await count(table)).toBe(0);
  });

  it.each([
    ['on loopback', 'public', 'http://127.0.0.1:4711/callback', 'consent'],
    ['by a private scheme', 'public', 'com.example.app:/callback', 'consent'],
    ['at a site of its own', 'public', 'https://app.example/callback', 'elsewhere'],
    ['on loopback', 'confidential', 'http://127.0.0.1:4711/callback', 'elsewhere'],
  ] as const)(
    'count for the client that proves who it is: answered %s, a %s one (RFC 8252 §8.6)',
    async (_where, type, redirectUri, page) => {
      const clientId = await registerClient(service, {
        id: randomUUID(),
        type,
        grantTypes: ['authorization_code'],
        redirectUris: [redirectUri],
      });
      const granted = { clientId, scopes: ['read'], audiences: [] };
      await service.app
        .get(Database)
        .transaction((transaction) => service.app.get(ConsentService).grant(transaction, john, granted));
      expect(await pageFor(clientId, 'read', redirectUri)).toBe(page);
    },
  );
});
