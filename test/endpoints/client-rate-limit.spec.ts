import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  ask,
  byBasic,
  byName,
  byPost,
  expectError,
  expectUntouched,
  GRANTS,
  soundGrant,
} from '../support/token-errors.js';

const LIMIT = 3;
const WINDOW = 60;

describe('token endpoint: failed client authentications are limited per client and address', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({
      CLIENT_FAILURE_LIMIT: String(LIMIT),
      CLIENT_FAILURE_WINDOW: String(WINDOW),
      TRUST_PROXY: '127.0.0.1',
    });
  });
  afterAll(() => service.stop());

  const from = (address: string): Partial<Ask> => ({ headers: { 'x-forwarded-for': address } });
  const at = (address: string, { parameters, headers }: Partial<Ask>): Partial<Ask> => ({
    parameters,
    headers: { ...headers, ...from(address).headers },
  });
  let next = 0;
  /** A client of a test's own, and an address of its own. */
  const begin = async () => {
    next += 1;
    const id = await registerClient(service, { id: `client-${next}` });
    return { id, address: `203.0.113.${next}`, client: byBasic(id, CLIENT_SECRET) };
  };
  const block = async (id: string, address: string, sound: Partial<Ask>) => {
    for (let failure = 0; failure < LIMIT; failure += 1) {
      expectError(await ask(service, sound, at(address, byBasic(id, 'wrong'))), 401, 'invalid_client');
    }
    const answer = await ask(service, sound, at(address, byBasic(id, 'wrong')));
    expectError(answer, 429);
    return Number(answer.headers['retry-after']);
  };

  describe.each(GRANTS)('%s', (grant) => {
    it('answers 429 with Retry-After beyond the limit, to the right secret too, and spends nothing', async () => {
      const { id, address, client } = await begin();
      const sound = await soundGrant(service, grant, client);
      const wait = await block(id, address, sound);
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(WINDOW);
      for (const again of [client, byPost(id, CLIENT_SECRET), byName(id), byBasic(id, 'wrong')]) {
        expectError(await ask(service, sound, at(address, again)), 429);
      }
      await expectUntouched(service, sound, at('198.51.100.1', client));
    });
  });

  it('writes down who was locked out, once, and never a made-up name', async () => {
    const { id, address } = await begin();
    const sound = await soundGrant(service, 'client_credentials');
    await Promise.all(
      Array.from({ length: 20 }, () => ask(service, sound, at(address, byBasic(id, 'wrong')))),
    );
    await block('made-up-name', '203.0.113.201', sound);
    const { rows } = await service.database.pool.query<{ document: object }>(
      `SELECT document FROM audit_entry WHERE action = 'client.locked_out'
       AND document #>> '{details,address}' IN ($1, '203.0.113.201') ORDER BY sequence`,
      [address],
    );
    expect(rows.map(({ document }) => document)).toMatchObject([
      { actor: { type: 'system' }, target: { type: 'client', id }, details: { address } },
      { actor: { type: 'system' }, details: { address: '203.0.113.201' } },
    ]);
    expect(JSON.stringify(rows)).not.toContain('made-up-name');
  });

  it('serves another client from the same address meanwhile', async () => {
    const { id, address } = await begin();
    await block(id, address, await soundGrant(service, 'client_credentials'));
    const sound = await soundGrant(service, 'refresh_token');
    await expectUntouched(service, sound, at(address, byBasic()));
  });

  it('counts clients that are not there, without telling them from others', async () => {
    await block('nobody-at-all', '203.0.113.200', await soundGrant(service, 'client_credentials'));
  });

  it('counts parallel failures exactly: as many 401 as the limit, the others 429', async () => {
    const { id, address } = await begin();
    const wrong = at(address, byBasic(id, 'wrong'));
    const sound = await soundGrant(service, 'client_credentials');
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(service, sound, wrong)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(LIMIT);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50 - LIMIT);
  });

  it('is not evaded by addresses that the client itself writes into X-Forwarded-For', async () => {
    const { id, address } = await begin();
    const sound = await soundGrant(service, 'client_credentials');
    await block(id, address, sound);
    const spoofed = at(`198.51.100.77, ${address}`, byBasic(id, 'wrong'));
    expectError(await ask(service, sound, spoofed), 429);
  });

  it('does not count what is no failed authentication', async () => {
    const { address, client } = await begin();
    const sound = await soundGrant(service, 'refresh_token', client);
    for (let request = 0; request < 3 * LIMIT; request += 1) {
      const broken = { parameters: { refresh_token: 'rubbish' } };
      expectError(await ask(service, sound, at(address, client), broken), 400, 'invalid_grant');
    }
    await expectUntouched(service, sound, at(address, client));
  });
});

describe('token endpoint: after the wait', () => {
  it('takes the right secret again, no sooner and no later than Retry-After said', async () => {
    const service = await startApp({ CLIENT_FAILURE_LIMIT: '1', CLIENT_FAILURE_WINDOW: '4' });
    try {
      const sound = await soundGrant(service, 'refresh_token');
      const wrong = byBasic('demo', 'wrong');
      expectError(await ask(service, sound, wrong), 401, 'invalid_client');
      const blocked = await ask(service, sound, wrong);
      expectError(blocked, 429);
      expectError(await ask(service, sound, byBasic()), 429);
      await delay(1_000 * Number(blocked.headers['retry-after']));
      await expectUntouched(service, sound, byBasic());
    } finally {
      await service.stop();
    }
  });

  it('ignores X-Forwarded-For where no proxy is trusted, so that it evades nothing', async () => {
    const service = await startApp({
      CLIENT_FAILURE_LIMIT: '1',
      CLIENT_FAILURE_WINDOW: '60',
      TRUST_PROXY: undefined,
    });
    try {
      const { parameters } = await soundGrant(service, 'client_credentials');
      const wrong = (address: string) =>
        ask(service, {
          parameters,
          headers: { ...byBasic('demo', 'wrong').headers, 'x-forwarded-for': address },
        });
      expectError(await wrong('203.0.113.1'), 401, 'invalid_client');
      expectError(await wrong('203.0.113.2'), 429);
    } finally {
      await service.stop();
    }
  });
});
