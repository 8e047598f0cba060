import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basic, postForm } from '../support/http.js';
import { type Caller, refresh, signIn } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const DEFAULT: Caller = { id: 'default', secret: CLIENT_SECRET };
const ROTATING: Caller = { id: 'rotating', secret: CLIENT_SECRET };
const REUSING: Caller = { id: 'reusing', secret: CLIENT_SECRET };

describe('revoke_previous_access_token', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: DEFAULT.id });
    const policy = { revoke_previous_access_token: true };
    await registerClient(service, { id: ROTATING.id, tokenPolicy: policy });
    await registerClient(service, { id: REUSING.id, tokenPolicy: { ...policy, rotation: false } });
  });
  afterAll(() => service.stop());

  const isAlive = async (token: string, { id, secret }: Caller): Promise<boolean> => {
    const authorization = basic(id, secret!);
    const { body } = await postForm(`${service.url}/oauth2/introspect`, { token }, { authorization });
    return body.active as boolean;
  };
  const countEvents = async (): Promise<number> =>
    (await service.database.pool.query(`SELECT 1 FROM revocation_event WHERE reason = 'superseded'`))
      .rowCount!;

  it('is off by default: the access token before lives until it expires', async () => {
    const first = (await signIn(service.url, DEFAULT)).body;
    await refresh(service.url, first.refresh_token!, DEFAULT);
    expect(await isAlive(first.access_token!, DEFAULT)).toBe(true);
  });

  it.each([ROTATING, REUSING])(
    'leaves $id with the newest access token only, an event for each before it (L5)',
    async (client) => {
      const before = await countEvents();
      const tokens = [(await signIn(service.url, client)).body];
      for (let turn = 0; turn < 3; turn += 1) {
        tokens.push((await refresh(service.url, tokens.at(-1)!.refresh_token!, client)).body);
      }
      const alive = await Promise.all(tokens.map(({ access_token }) => isAlive(access_token!, client)));
      expect(alive).toEqual([false, false, false, true]);
      expect(await countEvents()).toBe(before + 3);
    },
  );

  it('revokes the access token of an answer that was lost when the refresh is retried', async () => {
    const first = (await signIn(service.url, ROTATING)).body.refresh_token!;
    const lost = (await refresh(service.url, first, ROTATING)).body;
    const retried = (await refresh(service.url, first, ROTATING)).body;
    expect(retried.refresh_token).toBe(lost.refresh_token);
    expect(await isAlive(lost.access_token!, ROTATING)).toBe(false);
    expect(await isAlive(retried.access_token!, ROTATING)).toBe(true);
  });

  it('leaves exactly one access token alive of 40 concurrent refreshes, in each of 5 rounds (L1)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const first = (await signIn(service.url, ROTATING)).body.refresh_token!;
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => refresh(service.url, first, ROTATING)),
      );
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
      const alive = await Promise.all(answers.map(({ body }) => isAlive(body.access_token!, ROTATING)));
      expect(alive.filter(Boolean)).toHaveLength(1);
    }
  });

  it('ends the session on a replay as it does without it', async () => {
    const first = (await signIn(service.url, ROTATING)).body.refresh_token!;
    const second = (await refresh(service.url, first, ROTATING)).body.refresh_token!;
    const third = (await refresh(service.url, second, ROTATING)).body.refresh_token!;
    expect((await refresh(service.url, first, ROTATING)).body.error).toBe('invalid_grant');
    expect((await refresh(service.url, third, ROTATING)).body.error).toBe('invalid_grant');
  });
});
