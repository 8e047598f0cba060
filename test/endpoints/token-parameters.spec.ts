import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { familyRow } from '../support/families.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import {
  ask,
  byBasic,
  byName,
  byPost,
  expectError,
  expectUntouched,
  GRANTS,
  soundGrant,
} from '../support/token-errors.js';

const AUDIENCES = ['https://one.example/', 'https://two.example/'];

describe('token endpoint: parameters and grant types', () => {
  let service: TestApp;
  const all = byBasic('all', CLIENT_SECRET);
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: 'all', audiences: AUDIENCES });
  });
  afterAll(() => service.stop());

  describe.each(GRANTS)('%s', (grant) => {
    it.each([
      ['missing', undefined],
      ['empty', ''],
      ['repeated', [grant, grant]],
      ['repeated with another value', [grant, 'password', 'refresh_token']],
    ])('answers invalid_request where grant_type is %s (A1)', async (_name, grant_type) => {
      const sound = await soundGrant(service, grant);
      expectError(
        await ask(service, sound, byBasic(), { parameters: { grant_type } }),
        400,
        'invalid_request',
      );
      await expectUntouched(service, sound, byBasic());
    });

    it.each([
      ['client_id', ['demo', 'demo'], byPost()],
      ['client_secret', ['demo-secret', 'demo-secret'], byPost()],
      ['scope', ['profile', 'profile'], byBasic()],
      ['scope', ['profile', 'email'], byBasic()],
      ['username', [DEMO_USER.username, DEMO_USER.username], byBasic()],
      ['password', [DEMO_USER.password, DEMO_USER.password], byBasic()],
      ['an_unknown_one', ['1', '1'], byBasic()],
      ['constructor', ['1', '2'], byBasic()],
    ])('answers invalid_request where %s is repeated as %j (A1)', async (name, values, client) => {
      const sound = await soundGrant(service, grant);
      const repeated = { parameters: { [name]: values } };
      expectError(await ask(service, sound, client, repeated), 400, 'invalid_request');
      await expectUntouched(service, sound, client);
    });

    it('takes a repeated resource (RFC 8707 §2)', async () => {
      const sound = await soundGrant(service, grant, all);
      await expectUntouched(service, sound, all, { parameters: { resource: AUDIENCES } });
    });

    it('ignores unknown and empty parameters, an empty repeat too (A1)', async () => {
      const sound = await soundGrant(service, grant);
      const extra = { foo: 'bar', scope: ['', ''], resource: '', client_id: '' };
      await expectUntouched(service, sound, byBasic(), { parameters: extra });
    });

    it('answers unauthorized_client where the client has lost the grant', async () => {
      const id = await registerClient(service, { id: `lost-${grant}` });
      const client = byBasic(id, CLIENT_SECRET);
      const sound = await soundGrant(service, grant, client);
      const clients = service.app.get(ClientService);
      await clients.change(id, { grantTypes: GRANTS.filter((other) => other !== grant) });
      expectError(await ask(service, sound, client), 400, 'unauthorized_client');
      await clients.change(id, { grantTypes: [...GRANTS] });
      await expectUntouched(service, sound, client);
    });

    it('answers unsupported_grant_type, even to a client that may, where the server has it off', async () => {
      const sound = await soundGrant(service, grant);
      const { REGRANT_KEYS } = service.environment;
      const other = await startApp({ REGRANT_KEYS, DISABLED_GRANT_TYPES: grant }, service.database);
      try {
        expectError(await ask(other, sound, byBasic()), 400, 'unsupported_grant_type');
      } finally {
        await other.stop();
      }
      await expectUntouched(service, sound, byBasic());
    });
  });

  it.each([
    'urn:example:unknown',
    'implicit',
    'REFRESH_TOKEN',
    ' refresh_token',
    'toString',
    '__proto__',
    '☃',
  ])('answers unsupported_grant_type to the grant_type %s (A16)', async (grant_type) => {
    const sound = await soundGrant(service, 'refresh_token');
    const unknown = { parameters: { grant_type } };
    expectError(await ask(service, unknown, byBasic()), 400, 'unsupported_grant_type');
    await expectUntouched(service, sound, byBasic());
  });

  it.each([
    ['refresh_token', 'missing', undefined],
    ['refresh_token', 'empty', ''],
    ['username', 'missing', undefined],
    ['username', 'empty', ''],
    ['password', 'missing', undefined],
    ['password', 'empty', ''],
  ] as const)('answers invalid_request where %s is %s (A1)', async (name, _how, value) => {
    const sound = await soundGrant(service, name === 'refresh_token' ? name : 'password');
    const lacking = { parameters: { [name]: value } };
    expectError(await ask(service, lacking, byBasic()), 400, 'invalid_request');
    await expectUntouched(service, sound, byBasic());
  });

  it('answers invalid_request where refresh_token is repeated, twice the same or two good ones (A1)', async () => {
    const [one, two] = [
      await soundGrant(service, 'refresh_token'),
      await soundGrant(service, 'refresh_token'),
    ];
    const tokens = [one, two].map(({ parameters }) => parameters!.refresh_token as string);
    for (const refresh_token of [tokens, [tokens[0]!, tokens[0]!]]) {
      const twice = { parameters: { refresh_token } };
      expectError(await ask(service, twice, byBasic()), 400, 'invalid_request');
    }
    await expectUntouched(service, one, byBasic());
    await expectUntouched(service, two, byBasic());
  });

  it('answers unauthorized_client to a public client that asks for client_credentials', async () => {
    const answer = await ask(service, byName('demo-spa'), {
      parameters: { grant_type: 'client_credentials', client_id: 'demo-spa' },
    });
    expectError(answer, 400, 'unauthorized_client');
  });

  it('gives no refresh token for client_credentials, nor to a client without the refresh grant (A16)', async () => {
    await registerClient(service, { id: 'no-refresh', grantTypes: ['password', 'client_credentials'] });
    const client = byBasic('no-refresh', CLIENT_SECRET);
    for (const grant of ['password', 'client_credentials'] as const) {
      const { status, body } = await ask(service, await soundGrant(service, grant), client);
      expect([status, body.refresh_token]).toEqual([200, undefined]);
    }
  });

  it('keeps the family of a refused client as it was for one with the same token elsewhere (A3)', async () => {
    const sound = await soundGrant(service, 'refresh_token', all);
    expectError(await ask(service, sound, byBasic()), 400, 'invalid_grant');
    const token = sound.parameters!.refresh_token as string;
    expect(await familyRow(service.database.pool, token)).toMatchObject({ generation: 0, revoked_at: null });
    await expectUntouched(service, sound, all);
  });
});
