import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyRevocationService } from '../../src/revocation/keys/key-revocation.service.js';
import { TokenKeyService } from '../../src/tokens/keys/token-key.service.js';
import { accessToken } from '../support/event-reader.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, signIn } from '../support/oauth.js';
import {
  type Claims,
  claimsOf,
  Receiver,
  revokeFamily,
  SESSION_REVOKED,
  sessionOf,
  SSF_ENVIRONMENT,
  TOKEN_REVOKED,
  TOKENS_REVOKED,
  typesOf,
  untilNoneIsHeldUp,
  verified,
} from '../support/shared-signals.js';
import { startApp, type TestApp } from '../support/test-app.js';

describe('poll delivery', () => {
  let service: TestApp;
  let receiver: Receiver;
  beforeAll(async () => {
    service = await startApp({ ...SSF_ENVIRONMENT, SSF_POLL_TIMEOUT: '20', SSF_MAX_STREAMS: '100' });
    receiver = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage'));
  });
  afterAll(() => service.stop());
  beforeEach(() => untilNoneIsHeldUp(service.database.pool));

  it("tells of a family's revocation as OAuth and as CAEP have it, in SETs that verify (F1, F7, F8)", async () => {
    const stream = await receiver.createStream();
    const before = Math.floor(Date.now() / 1000) - 2;
    const family = await revokeFamily(service.url);
    let sets: Record<string, string> = {};
    while (Object.keys(sets).length < 2) {
      ({ sets } = (await receiver.poll(stream)).body as { sets: Record<string, string> });
      await delay(20);
    }
    const claims = await Promise.all(Object.values(sets).map((set) => verified(service.url, set, DEMO.id)));
    expect(claims.map(({ jti }) => jti)).toEqual(Object.keys(sets));
    const [oauth, caep] = claims as [Claims, Claims];
    expect(oauth.txn).toBe(caep.txn);
    for (const { iat, ...rest } of claims) {
      expect(iat).toBeGreaterThanOrEqual(before);
      expect(Object.keys(rest).sort()).toEqual(['aud', 'events', 'iss', 'jti', 'sub_id', 'txn']);
      expect(rest.sub_id).toEqual({
        format: 'complex',
        user: { format: 'iss_sub', iss: service.url, sub: expect.any(String) },
        session: { format: 'opaque', id: family },
        application: { format: 'opaque', id: DEMO.id },
      });
    }
    const payload = {
      event_timestamp: expect.any(Number),
      initiating_entity: 'user',
      reason_admin: { en: 'client request' },
    };
    expect(oauth.events).toEqual({ [TOKENS_REVOKED]: payload });
    expect(caep.events).toEqual({ [SESSION_REVOKED]: payload });
    const { event_timestamp } = Object.values(caep.events)[0] as { event_timestamp: number };
    expect(event_timestamp).toBeGreaterThanOrEqual(before);
    expect(event_timestamp).toBeLessThan(before + 60);
  });

  it('does not tell of a key that is revoked, for which there is no type, and goes on after it', async () => {
    const stream = await receiver.createStream();
    const { kid } = service.app.get(TokenKeyService).current('A256CBC-HS512');
    await service.app.get(KeyRevocationService).revoke(kid, 'a test');
    const family = await revokeFamily(service.url);
    expect((await receiver.take(stream, 2)).map(sessionOf)).toEqual([family, family]);
  });

  it('tells of one access token by its jti, and of no token itself (F8)', async () => {
    const stream = await receiver.createStream({ events_requested: [TOKEN_REVOKED, 'urn:example:unknown'] });
    const { body } = await signIn(service.url);
    const authorization = basic(DEMO.id, DEMO.secret!);
    await postForm(`${service.url}/oauth2/revoke`, { token: body.access_token! }, { authorization });
    const [claims] = await receiver.take(stream, 1);
    const jti = claimsOf(body.access_token!).jti;
    expect(claims!.sub_id).toEqual({ format: 'jwt_id', iss: service.url, jti });
    expect(typesOf([claims!])).toEqual(['token-revoked']);
  });

  it('gives what is not acknowledged again, the same ids, and no more once it is (F3)', async () => {
    const stream = await receiver.createStream();
    const family = await revokeFamily(service.url);
    while (Object.keys((await receiver.poll(stream)).body.sets as object).length < 2) await delay(20);
    const first = Object.keys((await receiver.poll(stream)).body.sets as object);
    const again = (await receiver.poll(stream)).body;
    expect(Object.keys(again.sets as object)).toEqual(first);
    expect(again.moreAvailable).toBe(false);
    // The second first: what is done with beyond the cursor is remembered.
    const left = (await receiver.poll(stream, { ack: [first[1]!], returnImmediately: true })).body;
    expect(Object.keys(left.sets as object)).toEqual([first[0]]);
    const one = (await receiver.poll(stream, { maxEvents: 1, returnImmediately: true })).body;
    expect(Object.values(one.sets as Record<string, string>).map((set) => sessionOf(claimsOf(set)))).toEqual([
      family,
    ]);
    const none = (await receiver.poll(stream, { ack: first, returnImmediately: true })).body;
    expect(none).toEqual({ sets: {}, moreAvailable: false });
  });

  it('says that there is more than maxEvents; none of it is acknowledged by asking for 0', async () => {
    const stream = await receiver.createStream();
    for (let index = 0; index < 3; index += 1) await revokeFamily(service.url);
    let more: { sets: object; moreAvailable: boolean };
    do {
      more = (await receiver.poll(stream, { maxEvents: 1, returnImmediately: true }))
        .body as unknown as typeof more;
    } while (!more.moreAvailable);
    expect(Object.keys(more.sets)).toHaveLength(1);
    const { body } = await receiver.poll(stream, { maxEvents: 0 });
    expect(body).toEqual({ sets: {}, moreAvailable: true });
    expect(await receiver.take(stream, 6)).toHaveLength(6);
  });

  it('ignores acknowledgements of ids that there are not, however many', async () => {
    const stream = await receiver.createStream();
    await revokeFamily(service.url);
    const ack = Array.from({ length: 500 }, (_, index) => `unknown-${index}`);
    expect((await receiver.poll(stream, { ack, returnImmediately: true })).status).toBe(200);
    expect(await receiver.take(stream, 2)).toHaveLength(2);
    const { rows } = await service.database.pool.query(
      'SELECT 1 FROM ssf_acknowledgement WHERE jti LIKE $1',
      ['unknown%'],
    );
    expect(rows).toEqual([]);
  });

  it('records an event that the receiver cannot take, and does not send it again (F3)', async () => {
    const stream = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    await revokeFamily(service.url);
    let jtis: string[] = [];
    while (jtis.length === 0) jtis = Object.keys((await receiver.poll(stream)).body.sets as object);
    const setErrs = {
      [jtis[0]!]: { err: 'invalid_audience', description: 'not for me' },
      unknown: { err: 'invalid_key' },
    };
    const { body } = await receiver.poll(stream, { setErrs, returnImmediately: true });
    expect(body).toEqual({ sets: {}, moreAvailable: false });
    const { rows } = await service.database.pool.query(
      'SELECT jti, error, description FROM ssf_rejection WHERE stream_id = $1',
      [stream],
    );
    expect(rows).toEqual([{ jti: jtis[0], error: 'invalid_audience', description: 'not for me' }]);
  });

  it('waits for an event when there is none, and has it as soon as it happens (F3)', async () => {
    const stream = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    let isAnswered = false;
    const waiting = receiver.poll(stream, {}).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await delay(300);
    expect(isAnswered).toBe(false);
    const family = await revokeFamily(service.url);
    const sets = Object.values((await waiting).body.sets as Record<string, string>);
    expect(sets.map((set) => sessionOf(claimsOf(set)))).toEqual([family]);
  });

  it('lets two pollers of one stream lose nothing between them', async () => {
    const stream = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    const families = await Promise.all(Array.from({ length: 12 }, () => revokeFamily(service.url)));
    const seen = new Set<string>();
    const consume = async (): Promise<void> => {
      let ack: string[] = [];
      while (seen.size < families.length) {
        const { body } = await receiver.poll(stream, { ack, maxEvents: 3, returnImmediately: true });
        const sets = body.sets as Record<string, string>;
        ack = Object.keys(sets);
        for (const set of Object.values(sets)) seen.add(sessionOf(claimsOf(set))!);
      }
    };
    await Promise.all([consume(), consume()]);
    expect([...seen].sort()).toEqual([...families].sort());
  });
});
