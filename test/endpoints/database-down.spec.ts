import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { familyIdOf } from '../support/families.js';
import { refuseConnections } from '../support/outage.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  ask,
  byBasic,
  expectError,
  expectUntouched,
  GRANTS,
  soundGrant,
} from '../support/token-errors.js';

describe('token endpoint: Postgres does not answer', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ DATABASE_TIMEOUT_MS: '600', DATABASE_POOL_SIZE: '4' });
  });
  afterAll(() => service.stop());

  describe.each(GRANTS)('refusing connections, %s', (grant) => {
    const client = byBasic(`known-${grant}`, CLIENT_SECRET);
    const unread = byBasic(`unread-${grant}`, CLIENT_SECRET);
    let sound: Partial<Ask>;
    let unreadSound: Partial<Ask>;
    let allow: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      await registerClient(service, { id: `known-${grant}` });
      await registerClient(service, { id: `unread-${grant}` });
      sound = await soundGrant(service, grant, client);
      // Reads the client, so that only what comes behind it fails.
      await ask(service, { parameters: { grant_type: 'client_credentials' } }, client);
      unreadSound = grant === 'refresh_token' ? sound : await soundGrant(service, grant);
      allow = await refuseConnections(service.database);
    });
    afterAll(() => allow?.());

    it('answers 503 with Retry-After where the client must be looked up, right or wrong', async () => {
      for (const by of [unread, byBasic('nobody', 'any'), byBasic(`unread-${grant}`, 'wrong')]) {
        expectError(await ask(service, unreadSound, by), 503, 'temporarily_unavailable');
      }
    });

    it('answers 503, or 200 where it needs no database; the same request succeeds afterwards', async () => {
      const answer = await ask(service, sound, client);
      // A client in memory and a key in memory are all that client_credentials takes.
      if (grant === 'client_credentials') expect(answer.status).toBe(200);
      else expectError(answer, 503, 'temporarily_unavailable');
      await allow!();
      await expectUntouched(service, sound, client);
    });
  });

  it('answers 503 to a refresh whose row is held, and spends nothing', async () => {
    const sound = await soundGrant(service, 'refresh_token');
    const holder = await service.database.pool.connect();
    await holder.query('BEGIN');
    const id = familyIdOf(sound.parameters!.refresh_token as string);
    await holder.query('SELECT 1 FROM token_family WHERE id = $1 FOR UPDATE', [id]);
    try {
      expectError(await ask(service, sound, byBasic()), 503, 'temporarily_unavailable');
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    await expectUntouched(service, sound, byBasic());
  });

  it.each(GRANTS)(
    'answers 503 under overload to every %s that finds no connection, and spends nothing',
    async (grant) => {
      const sounds: Partial<Ask>[] = [];
      for (let request = 0; request < 6; request += 1) sounds.push(await soundGrant(service, grant));
      const holder = await service.database.pool.connect();
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE token_family, user_account IN ACCESS EXCLUSIVE MODE');
      const answers = await Promise.all(sounds.map((sound) => ask(service, sound, byBasic())));
      await holder.query('ROLLBACK');
      holder.release();
      for (const answer of answers) {
        if (grant === 'client_credentials') expect(answer.status).toBe(200);
        else expectError(answer, 503, 'temporarily_unavailable');
      }
      for (const sound of sounds) await expectUntouched(service, sound, byBasic());
    },
  );
});
