import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer } from '../support/http.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';
import { ask, byBasic, expectError, expectUntouched, soundGrant } from '../support/token-errors.js';

const LIMIT = 5;
const WINDOW = 600;
const HOME = '203.0.113.1';
const ELSEWHERE = '203.0.113.2';

const statuses = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status);

describe('password grant: wrong passwords are limited per user and address', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({
      LOGIN_FAILURE_LIMIT: String(LIMIT),
      LOGIN_FAILURE_WINDOW: String(WINDOW),
      LOGIN_ADDRESS_FAILURE_LIMIT: '1000',
      TRUST_PROXY: '127.0.0.1',
    });
  });
  afterAll(() => service.stop());

  const signIn = (username: string, password: string, address = HOME) => {
    const parameters = { grant_type: 'password', username, password };
    return ask(service, { parameters, headers: { ...byBasic().headers, 'x-forwarded-for': address } });
  };
  const times = (count: number, request: () => Promise<Answer>) =>
    Promise.all(Array.from({ length: count }, request));

  it('answers 429 with Retry-After beyond the limit, to the right password too', async () => {
    await createUser(service, 'ann', 'right');
    for (let failure = 0; failure < LIMIT; failure += 1) {
      expectError(await signIn('ann', 'wrong'), 400, 'invalid_grant');
    }
    const blocked = await signIn('ann', 'wrong');
    expectError(blocked, 429);
    expect(Number(blocked.headers['retry-after'])).toBeLessThanOrEqual(WINDOW);
    expectError(await signIn('ann', 'right'), 429);
    expectError(await signIn('ANN', 'right'), 429);
  });

  it('locks nobody out at another address, nor another user at the same', async () => {
    await createUser(service, 'bob', 'right');
    await createUser(service, 'eve', 'right');
    await times(2 * LIMIT, () => signIn('bob', 'wrong'));
    expectError(await signIn('bob', 'right'), 429);
    expect((await signIn('bob', 'right', ELSEWHERE)).status).toBe(200);
    expect((await signIn('eve', 'right')).status).toBe(200);
  });

  it('leaves refresh tokens of the user alone', async () => {
    await createUser(service, 'joe', 'right');
    const sound = await soundGrant(service, 'refresh_token', byBasic(), {
      username: 'joe',
      password: 'right',
    });
    await times(2 * LIMIT, () => signIn('joe', 'wrong'));
    await expectUntouched(service, sound, { headers: { ...byBasic().headers, 'x-forwarded-for': HOME } });
  });

  it.each(['mia', 'nobody'])(
    'answers as many of 100 parallel guesses on %s as the limit is, the others 429',
    async (username) => {
      if (username !== 'nobody') await createUser(service, username, 'right');
      const answers = await times(100, () => signIn(username, 'wrong'));
      expect(statuses(answers, 400)).toHaveLength(LIMIT);
      expect(statuses(answers, 429)).toHaveLength(100 - LIMIT);
      for (const answer of answers) expectError(answer, answer.status);
    },
  );

  it('lets 30 parallel right sign-ins succeed, with failures just below the limit before them', async () => {
    await createUser(service, 'kim', 'right');
    await times(LIMIT, () => signIn('kim', 'wrong'));
    const answers = await times(30, () => signIn('kim', 'right'));
    expect(statuses(answers, 200)).toHaveLength(30);
  });

  it('forgets the failures of a user who has signed in', async () => {
    await createUser(service, 'lea', 'right');
    for (let round = 0; round < 3; round += 1) {
      const answers = await times(LIMIT, () => signIn('lea', 'wrong'));
      expect(statuses(answers, 400)).toHaveLength(LIMIT);
      expect((await signIn('lea', 'right')).status).toBe(200);
    }
  });
});

describe('password grant: wrong passwords are limited per address, whoever the user is', () => {
  it('answers 429 to guesses at many users, from that address only', async () => {
    const service = await startApp({ LOGIN_ADDRESS_FAILURE_LIMIT: '5', TRUST_PROXY: '127.0.0.1' });
    const signIn = (username: string, address: string, password = 'wrong') => {
      const parameters = { grant_type: 'password', username, password };
      return ask(service, { parameters, headers: { ...byBasic().headers, 'x-forwarded-for': address } });
    };
    try {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, user) => signIn(`user-${user}`, HOME)),
      );
      expect(statuses(answers, 400)).toHaveLength(5);
      expect(statuses(answers, 429)).toHaveLength(15);
      expectError(await signIn('john', HOME, 'doe'), 429);
      expect((await signIn('john', ELSEWHERE, 'doe')).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});
