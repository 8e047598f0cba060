import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  ask,
  byBasic,
  byName,
  byPost,
  expectError,
  expectUntouched,
  type Grant,
  GRANTS,
  merge,
  soundGrant,
} from '../support/token-errors.js';

const SECRET = CLIENT_SECRET;
const NOBODY: Partial<Ask> = {};
const NOT_PUBLIC: readonly Grant[] = ['refresh_token', 'password'];

/** Who has the grant, and how somebody fails to be them: 401. */
const REFUSED: [name: string, owner: Partial<Ask>, attempt: Partial<Ask>, grants?: readonly Grant[]][] = [
  ['an unknown client by Basic', byBasic(), byBasic('nobody', 'demo-secret')],
  ['an unknown client by post', byBasic(), byPost('nobody', 'demo-secret')],
  ['an unknown client by name', byBasic(), byName('nobody')],
  ['a client in other letters', byBasic(), byBasic('DEMO', 'demo-secret')],
  ['a wrong secret by Basic', byBasic(), byBasic('demo', 'wrong')],
  ['a wrong secret by post', byPost(), byPost('demo', 'wrong')],
  ['an empty secret by Basic', byBasic(), byBasic('demo', '')],
  ['an empty secret by post', byPost(), byPost('demo', '')],
  ['the beginning of the secret', byBasic(), byBasic('demo', 'demo-secre')],
  ['the secret and more', byBasic(), byBasic('demo', 'demo-secret ')],
  ["another client's secret", byBasic(), byBasic('demo', SECRET)],
  ['an expired secret', byBasic('changing', SECRET), byBasic('changing', 'the old secret')],
  ['a confidential client that only names itself', byBasic(), byName('demo')],
  ['nobody', byBasic(), NOBODY],
  ['a secret without a client_id', byPost(), { parameters: { client_secret: 'demo-secret' } }],
  ['post by a client for Basic only', byBasic('basic-only', SECRET), byPost('basic-only', SECRET)],
  ['Basic by a client for post only', byPost('post-only', SECRET), byBasic('post-only', SECRET)],
  ['a public client with a secret by post', byName('demo-spa'), byPost('demo-spa', 'any'), NOT_PUBLIC],
  ['a public client with a secret by Basic', byName('demo-spa'), byBasic('demo-spa', 'any'), NOT_PUBLIC],
  ['a public client with an empty secret by Basic', byName('demo-spa'), byBasic('demo-spa', ''), NOT_PUBLIC],
  ['a public client without client_id', byName('demo-spa'), NOBODY, NOT_PUBLIC],
];

/** Two ways at once: 400. */
const CONTRADICTORY: [name: string, attempt: Partial<Ask>][] = [
  ['Basic and post, both right', merge(byBasic(), byPost())],
  ['Basic and post of two clients', merge(byBasic(), byPost('post-only', SECRET))],
  ['right Basic and wrong post', merge(byBasic(), byPost('demo', 'wrong'))],
  [
    'Basic and a secret without client_id',
    merge(byBasic(), { parameters: { client_secret: 'demo-secret' } }),
  ],
  ['Basic with another client_id', merge(byBasic(), byName('basic-only'))],
  ['Basic with the client_id in other letters', merge(byBasic(), byName('Demo'))],
];

describe('client authentication at the token endpoint', () => {
  let service: TestApp;
  let clients: ClientService;
  beforeAll(async () => {
    service = await startApp({ CLIENT_FAILURE_LIMIT: '10000' });
    clients = service.app.get(ClientService);
    await registerClient(service, { id: 'basic-only', authMethods: ['client_secret_basic'] });
    await registerClient(service, { id: 'post-only', authMethods: ['client_secret_post'] });
    await registerClient(service, { id: 'changing' });
    await clients.addSecret('changing', 'the old secret', new Date(Date.now() - 1_000));
    await clients.addSecret('changing', 'the new secret', new Date(Date.now() + 60_000));
  });
  afterAll(() => service.stop());

  describe.each(GRANTS)('%s', (grant) => {
    it.each(REFUSED.filter(([, , , grants]) => grants?.includes(grant) ?? true))(
      'answers 401 invalid_client with a Basic challenge to %s (A3)',
      async (_name, owner, attempt) => {
        const sound = await soundGrant(service, grant, owner);
        expectError(await ask(service, sound, attempt), 401, 'invalid_client');
        await expectUntouched(service, sound, owner);
      },
    );

    it.each(CONTRADICTORY)('answers 400 invalid_request to %s', async (_name, attempt) => {
      const sound = await soundGrant(service, grant);
      expectError(await ask(service, sound, attempt), 400, 'invalid_request');
      await expectUntouched(service, sound, byBasic());
    });

    it.each([
      ['Basic', byBasic('changing', SECRET)],
      ['post', byPost('changing', SECRET)],
      ['the second of its secrets', byBasic('changing', 'the new secret')],
      ['Basic and the same client_id', merge(byBasic('changing', SECRET), byName('changing'))],
      ['Basic only, being for it', byBasic('basic-only', SECRET)],
      ['post only, being for it', byPost('post-only', SECRET)],
    ])('takes a client by %s', async (_name, client) => {
      const sound = await soundGrant(service, grant, client);
      await expectUntouched(service, sound, client);
    });

    it('answers 401 to a disabled client, as to a wrong secret, until it is enabled again', async () => {
      const id = await registerClient(service, { id: `off-${grant}` });
      const client = byBasic(id, SECRET);
      const sound = await soundGrant(service, grant, client);
      await clients.change(id, { enabled: false });
      const disabled = await ask(service, sound, client);
      expectError(disabled, 401, 'invalid_client');
      const wrong = await ask(service, sound, byBasic('demo', 'wrong'));
      // Nobody learns by the answer that the secret was right.
      expect(disabled.text).toBe(wrong.text);
      await clients.change(id, { enabled: true });
      await expectUntouched(service, sound, client);
    });
  });

  it('answers 401 to a disabled public client, until it is enabled again', async () => {
    const client = byName(await registerClient(service, { id: 'off-public', type: 'public' }));
    const sound = await soundGrant(service, 'refresh_token', client);
    await clients.change('off-public', { enabled: false });
    expectError(await ask(service, sound, client), 401, 'invalid_client');
    await clients.change('off-public', { enabled: true });
    await expectUntouched(service, sound, client);
  });

  it('takes a public client that names itself, with an empty secret counted as none (A1, A3)', async () => {
    const client = byName('demo-spa');
    const sound = await soundGrant(service, 'refresh_token', client);
    await expectUntouched(service, sound, client, { parameters: { client_secret: '' } });
  });
});
