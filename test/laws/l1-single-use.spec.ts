import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countEvents, familyRow } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { type Caller, firstRefreshToken, refresh } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase } from '../support/test-database.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const PRESENTATIONS = 200;
const CONFIDENTIAL: Caller = { id: 'no-grace', secret: CLIENT_SECRET };

/** L1: of N concurrent presentations of one token, on any number of replicas, exactly one rotates. */
describe('L1 single use, on two processes', () => {
  let registrar: TestApp;
  let replicas: ServiceProcess[];
  beforeAll(async () => {
    const database = await createDatabase();
    registrar = await startApp({}, database);
    await registerClient(registrar, { id: CONFIDENTIAL.id, tokenPolicy: { rotation_grace_seconds: 0 } });
    const { REGRANT_KEYS, REDIS_KEY_PREFIX } = registrar.environment;
    const shared = { REGRANT_KEYS, REDIS_KEY_PREFIX };
    replicas = await Promise.all([startService(database.url, shared), startService(database.url, shared)]);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await registrar.stop();
    await registrar.database.drop();
  });

  const url = (index: number): string => replicas[index % 2]!.url;
  const presentEverywhere = (token: string, client?: Caller): Promise<Answer[]> =>
    Promise.all(Array.from({ length: PRESENTATIONS }, (_, index) => refresh(url(index), token, client)));

  it('gives 200 concurrent presentations one successor, in each of 50 rounds', async () => {
    for (let round = 0; round < 50; round += 1) {
      const token = await firstRefreshToken(url(round));
      const answers = await presentEverywhere(token);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(PRESENTATIONS);
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
      expect(await familyRow(registrar.database.pool, token)).toMatchObject({
        generation: 1,
        revoked_at: null,
      });
    }
  }, 120_000);

  it('lets exactly one of 200 succeed without a grace window, and ends the family with one event', async () => {
    for (let round = 0; round < 20; round += 1) {
      const token = await firstRefreshToken(url(round), CONFIDENTIAL);
      const answers = await presentEverywhere(token, CONFIDENTIAL);
      const refused = answers.filter(({ status, body }) => status === 400 && body.error === 'invalid_grant');
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(refused).toHaveLength(PRESENTATIONS - 1);
      expect(await familyRow(registrar.database.pool, token)).toMatchObject({
        generation: 1,
        revocation_reason: 'replay',
      });
      expect(await countEvents(registrar.database.pool, token)).toBe(1);
    }
  }, 120_000);
});
