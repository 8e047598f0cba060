import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { StreamSignals } from '../../src/shared-signals/stream-signals.js';
import { accessToken } from '../support/event-reader.js';
import { basic, postForm } from '../support/http.js';
import { DEMO } from '../support/oauth.js';
import {
  claimsOf,
  PUSH,
  Receiver,
  revokeFamily,
  SESSION_REVOKED,
  sessionOf,
  SSF_ENVIRONMENT,
  startReceiver,
  STREAM_UPDATED,
  untilNoneIsHeldUp,
  VERIFICATION,
  verified,
} from '../support/shared-signals.js';
import { startApp, type TestApp } from '../support/test-app.js';

const SETTINGS = { events_requested: [SESSION_REVOKED] };

describe('the status of a stream', () => {
  let service: TestApp;
  let receiver: Receiver;
  beforeAll(async () => {
    service = await startApp({ ...SSF_ENVIRONMENT, SSF_VERIFICATION_INTERVAL: '0', SSF_MAX_STREAMS: '100' });
    receiver = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage'));
  });
  afterAll(() => service.stop());
  const settled = () => untilNoneIsHeldUp(service.database.pool);
  beforeEach(settled);

  const revoke = async (): Promise<string> => {
    const family = await revokeFamily(service.url);
    await settled();
    return family;
  };

  it('paused holds events, enabled releases them, in order (F5)', async () => {
    const stream = await receiver.createStream(SETTINGS);
    await receiver.setStatus(stream, 'paused');
    const held = [await revoke(), await revoke()];
    expect((await receiver.poll(stream)).body).toEqual({ sets: {}, moreAvailable: false });
    await receiver.setStatus(stream, 'enabled');
    expect((await receiver.take(stream, 2)).map(sessionOf)).toEqual(held);
  });

  it('disabled drops events, also those that were held (F5)', async () => {
    const stream = await receiver.createStream(SETTINGS);
    await revoke();
    await receiver.setStatus(stream, 'disabled');
    await revoke();
    expect((await receiver.poll(stream)).body).toEqual({ sets: {}, moreAvailable: false });
    await receiver.setStatus(stream, 'enabled');
    const after = await revoke();
    expect((await receiver.take(stream, 1)).map(sessionOf)).toEqual([after]);
  });

  it('enabled again ends the wait of a long poll', async () => {
    const stream = await receiver.createStream(SETTINGS);
    await receiver.setStatus(stream, 'paused');
    const family = await revoke();
    const waiting = receiver.poll(stream, {});
    await delay(100);
    await receiver.setStatus(stream, 'enabled');
    const sets = Object.values((await waiting).body.sets as Record<string, string>);
    expect(sets.map((set) => sessionOf(claimsOf(set)))).toEqual([family]);
  });

  it.each(['x', '', 'ünï "cödé" <b>\r\n\u{1f600}', 'a'.repeat(2048)])(
    'a verification wakes the poll that waits, with the state %j (F5)',
    async (state) => {
      const stream_id = await receiver.createStream(SETTINGS);
      const waiting = receiver.poll(stream_id, {});
      await delay(50);
      expect((await receiver.call('POST', '/ssf/verification', { stream_id, state })).status).toBe(204);
      const sets = (await waiting).body.sets as Record<string, string>;
      const [jti, set] = Object.entries(sets)[0]!;
      expect(await verified(service.url, set, DEMO.id)).toEqual({
        iss: service.url,
        aud: DEMO.id,
        iat: expect.any(Number),
        jti,
        txn: jti,
        sub_id: { format: 'opaque', id: stream_id },
        events: { [VERIFICATION]: { state } },
      });
      expect((await receiver.poll(stream_id, { ack: [jti], returnImmediately: true })).body.sets).toEqual({});
    },
  );

  it('a verification without state has none, and comes again until it is acknowledged or refused', async () => {
    const stream_id = await receiver.createStream(SETTINGS);
    await receiver.call('POST', '/ssf/verification', { stream_id });
    const first = (await receiver.poll(stream_id)).body.sets as Record<string, string>;
    expect(claimsOf(Object.values(first)[0]!).events).toEqual({ [VERIFICATION]: {} });
    const [jti = ''] = Object.keys(first);
    expect(Object.keys((await receiver.poll(stream_id)).body.sets as object)).toEqual([jti]);
    const setErrs = { [jti]: { err: 'invalid_state' } };
    expect((await receiver.poll(stream_id, { setErrs, returnImmediately: true })).body.sets).toEqual({});
    const { rows } = await service.database.pool.query('SELECT error FROM ssf_rejection WHERE jti = $1', [
      jti,
    ]);
    expect(rows).toEqual([{ error: 'invalid_state' }]);
  });

  describe('of a stream that has fallen behind the retention', () => {
    /** Deletes all events, as their age would have it. */
    const forget = async (): Promise<void> => {
      await service.database.pool.query(
        `WITH gone AS (DELETE FROM revocation_event RETURNING transaction_id, sequence)
         UPDATE server_state SET (forgotten_transaction_id, forgotten_sequence) =
           (SELECT transaction_id, sequence FROM gone ORDER BY transaction_id DESC, sequence DESC LIMIT 1)`,
      );
    };

    it('is disabled, says so, and begins anew when it is enabled: nothing is lost silently', async () => {
      const stream = await receiver.createStream(SETTINGS);
      await revoke();
      await forget();
      const claims = await receiver.take(stream, 1);
      const reason = expect.stringContaining('snapshot');
      expect(claims[0]).toMatchObject({
        sub_id: { format: 'opaque', id: stream },
        events: { [STREAM_UPDATED]: { status: 'disabled', reason } },
      });
      const { body } = await receiver.call('GET', `/ssf/status?stream_id=${stream}`);
      expect(body).toEqual({ stream_id: stream, status: 'disabled', reason });
      await receiver.setStatus(stream, 'enabled');
      const after = await revoke();
      expect((await receiver.take(stream, 1)).map(sessionOf)).toEqual([after]);
    });

    it('is pushed too, though nothing else of the stream is', async () => {
      const endpoint = await startReceiver();
      const stream = await receiver.createStream(SETTINGS);
      await revoke();
      await forget();
      const delivery = { method: PUSH, endpoint_url: endpoint.url };
      await receiver.call('PATCH', '/ssf/streams', { stream_id: stream, delivery });
      await revoke();
      await endpoint.has(1);
      expect(endpoint.taken.map(({ events }) => Object.keys(events))).toEqual([[STREAM_UPDATED]]);
      await endpoint.stop();
    });

    it('is as before for a stream that has taken everything', async () => {
      const stream = await receiver.createStream(SETTINGS);
      const family = await revoke();
      expect((await receiver.take(stream, 1)).map(sessionOf)).toEqual([family]);
      await forget();
      const after = await revoke();
      expect((await receiver.take(stream, 1)).map(sessionOf)).toEqual([after]);
    });
  });

  it('is waited for by nobody whose receiver has hung up', async () => {
    const stream = await receiver.createStream(SETTINGS);
    const waiting = Reflect.get(service.app.get(StreamSignals), 'listeners') as Map<unknown, string>;
    const polls = () => [...waiting.values()].filter((id) => id === stream).length;
    const hangUp = new AbortController();
    const poll = fetch(`${service.url}/ssf/poll/${stream}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${receiver.token}`, 'content-type': 'application/json' },
      body: '{}',
      signal: hangUp.signal,
    });
    while (polls() === 0) await delay(10);
    hangUp.abort();
    await expect(poll).rejects.toThrow('aborted');
    while (polls() > 0) await delay(10);
  });

  it('of a token that was revoked while its poll waited: 401, and no event', async () => {
    const stream = await receiver.createStream(SETTINGS);
    const own = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.read'));
    const waiting = own.poll(stream, {});
    await delay(100);
    await postForm(
      `${service.url}/oauth2/revoke`,
      { token: own.token },
      { authorization: basic(DEMO.id, DEMO.secret!) },
    );
    await revoke();
    expect((await waiting).status).toBe(401);
    expect(await receiver.take(stream, 1)).toHaveLength(1);
  });
});

describe('a process that stops', () => {
  it('answers the polls that wait, at once', async () => {
    const service = await startApp({ ...SSF_ENVIRONMENT, SSF_POLL_TIMEOUT: '300' });
    const receiver = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage'));
    const stream = await receiver.createStream();
    const waiting = receiver.poll(stream, {});
    await delay(200);
    await service.stop();
    expect((await waiting).body).toEqual({ sets: {}, moreAvailable: false });
  });
});
