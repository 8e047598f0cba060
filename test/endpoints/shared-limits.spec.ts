import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DpopKey, dpopKey, proof } from '../support/dpop.js';
import { type Answer } from '../support/http.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';
import { ask, byBasic, expectError, expectUntouched, soundGrant } from '../support/token-errors.js';

const LIMIT = 4;

/** Two replicas on one database and one Redis. */
describe('limits and proofs that two replicas share', () => {
  let one: TestApp;
  let two: TestApp;
  let key: DpopKey;
  beforeAll(async () => {
    const limits = { CLIENT_FAILURE_LIMIT: String(LIMIT), LOGIN_FAILURE_LIMIT: String(LIMIT) };
    one = await startApp({ ...limits, CLIENT_FAILURE_WINDOW: '600' });
    const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = one.environment;
    const replica = await startApp({ ...limits, REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER }, one.database);
    // Both answer to one name, so the second is asked by its port.
    two = { ...replica, url: `http://127.0.0.1:${replica.environment.HTTP_PORT}` };
    key = await dpopKey();
  });
  afterAll(async () => {
    await two.stop();
    await one.stop();
  });

  const guess = (service: TestApp, username: string) =>
    ask(service, { parameters: { grant_type: 'password', username, password: 'wrong' } }, byBasic());
  const authenticate = (service: TestApp, id: string) =>
    ask(service, { parameters: { grant_type: 'client_credentials' } }, byBasic(id, 'wrong'));
  const count = (answers: readonly Answer[], status: number) =>
    answers.filter((answer) => answer.status === status).length;

  it('answers 429 at the second to a client that failed at the first, and to its right secret then', async () => {
    const client = byBasic(await registerClient(one, { id: 'shared' }), CLIENT_SECRET);
    const sound = await soundGrant(one, 'refresh_token', client);
    for (let failure = 0; failure < LIMIT; failure += 1) {
      expectError(await authenticate(one, 'shared'), 401, 'invalid_client');
    }
    expectError(await authenticate(two, 'shared'), 429);
    expectError(await ask(two, sound, client), 429);
    await expectUntouched(two, await soundGrant(two, 'refresh_token'), byBasic());
  });

  it('answers 429 at the second to guesses at a user who was guessed at the first', async () => {
    await createUser(one, 'ann', 'right');
    for (let failure = 0; failure < LIMIT; failure += 1) {
      expectError(await guess(one, 'ann'), 400, 'invalid_grant');
    }
    expectError(await guess(two, 'ann'), 429);
    const right = { parameters: { grant_type: 'password', username: 'ann', password: 'right' } };
    expectError(await ask(two, right, byBasic()), 429);
  });

  it('counts parallel failures at both together: as many answered as the limit, the others 429', async () => {
    await createUser(one, 'bob', 'right');
    const both = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? one : two));
    const guesses = await Promise.all(both.map((service) => guess(service, 'bob')));
    expect([count(guesses, 400), count(guesses, 429)]).toEqual([LIMIT, 60 - LIMIT]);
    await registerClient(one, { id: 'both' });
    const failures = await Promise.all(both.map((service) => authenticate(service, 'both')));
    expect([count(failures, 401), count(failures, 429)]).toEqual([LIMIT, 60 - LIMIT]);
  });

  it('takes a DPoP proof once at both together (A12)', async () => {
    const sound = await soundGrant(one, 'refresh_token');
    const proved = async () => ({
      headers: { ...byBasic().headers, dpop: await proof(key, `${one.url}/oauth2/token`) },
    });
    const again = await proved();
    expect((await ask(one, await soundGrant(one, 'client_credentials'), again)).status).toBe(200);
    expectError(await ask(two, sound, again), 400, 'invalid_dpop_proof');
    await expectUntouched(two, sound, await proved());
  });
});
