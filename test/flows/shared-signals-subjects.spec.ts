import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { OutboxRepository } from '../../src/events/outbox.repository.js';
import { ClientLifecycleService } from '../../src/revocation/client-lifecycle.service.js';
import { UserLifecycleService } from '../../src/revocation/user-lifecycle.service.js';
import { lookupKeys, subjectKey } from '../../src/shared-signals/subjects/subject-keys.js';
import { SubjectRepository } from '../../src/shared-signals/subjects/subject.repository.js';
import { accessToken } from '../support/event-reader.js';
import { basic, postForm } from '../support/http.js';
import { type Caller, DEMO, signIn } from '../support/oauth.js';
import {
  Receiver,
  SESSION_REVOKED,
  sessionOf,
  SSF_ENVIRONMENT,
  TOKEN_REVOKED,
  typesOf,
  untilNoneIsHeldUp,
} from '../support/shared-signals.js';
import { familyIdOf } from '../support/families.js';
import { CLIENT_SECRET, createUser, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OTHER: Caller = { id: 'other', secret: CLIENT_SECRET };
const CAUSE = { reason: 'admin_request', initiator: 'admin' } as const;
const PASSWORD = 'a password';

/** What both kinds of streams need: users and their sessions, which end one by one. */
class Fixture {
  private constructor(
    readonly service: TestApp,
    readonly receiver: Receiver,
  ) {}

  static async start(environment: Record<string, string>): Promise<Fixture> {
    const service = await startApp({ ...SSF_ENVIRONMENT, SSF_MAX_STREAMS: '100', ...environment });
    await registerClient(service, { id: OTHER.id });
    for (const name of ['ann', 'bob']) await createUser(service, name, PASSWORD);
    return new Fixture(
      service,
      new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage')),
    );
  }

  /** Revokes what was just issued to the user. @returns family, user and access token by their ids */
  async revoke(username: string, client = DEMO, what: 'refresh_token' | 'access_token' = 'refresh_token') {
    const { body } = await signIn(this.service.url, client, { username, password: PASSWORD });
    const claims = JSON.parse(Buffer.from(body.access_token!.split('.')[1]!, 'base64url').toString()) as {
      sub: string;
      jti: string;
    };
    const ids = { session: familyIdOf(body.refresh_token!), user: claims.sub, token: claims.jti };
    const end = () =>
      postForm(
        `${this.service.url}/oauth2/revoke`,
        { token: body[what]! },
        { authorization: basic(client.id, client.secret!) },
      );
    return { ...ids, end };
  }

  iss(sub: string): object {
    return { format: 'iss_sub', iss: this.service.url, sub };
  }

  async change(how: 'add' | 'remove', stream_id: string, ...subjects: object[]): Promise<void> {
    for (const subject of subjects) {
      const { status } = await this.receiver.call('POST', `/ssf/subjects/${how}`, { stream_id, subject });
      expect(status).toBe(how === 'add' ? 200 : 204);
    }
  }

  /** An event that every stream is told of, and that ends no token: once it has come, all before it has. */
  async everybody(): Promise<void> {
    const { app } = this.service;
    await app.get(Database).transaction(async (transaction) => {
      await app.get(OutboxRepository).append(transaction, { type: 'all-tokens-revoked', ...CAUSE });
    });
  }

  /** All session ids that the stream is told of until the event that concerns everybody. */
  async sessionsTold(stream: string): Promise<(string | undefined)[]> {
    await this.everybody();
    const told: (string | undefined)[] = [];
    for (;;) {
      const claims = await this.receiver.take(stream, 1);
      const end = claims.findIndex(({ sub_id }) => 'tenant' in sub_id);
      told.push(...claims.slice(0, end < 0 ? undefined : end).map(sessionOf));
      if (end >= 0) return told;
    }
  }
}

describe('subjects of a stream that begins with ALL', () => {
  let fixture: Fixture;
  let receiver: Receiver;
  beforeAll(async () => {
    fixture = await Fixture.start({});
    ({ receiver } = fixture);
  });
  afterAll(() => fixture.service.stop());
  beforeEach(() => untilNoneIsHeldUp(fixture.service.database.pool));

  it('is told of nobody who was removed, and again of who was added back', async () => {
    const stream = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    const ann = await fixture.revoke('ann');
    await fixture.change('remove', stream, fixture.iss(ann.user));
    await ann.end();
    const bob = await fixture.revoke('bob');
    await bob.end();
    expect(await fixture.sessionsTold(stream)).toEqual([bob.session]);
    await fixture.change('add', stream, fixture.iss(ann.user));
    const again = await fixture.revoke('ann');
    await again.end();
    expect(await fixture.sessionsTold(stream)).toEqual([again.session]);
  });

  it('leaves out one session, all of a client, or one access token, by any format that names it', async () => {
    const stream = await receiver.createStream({ events_requested: [SESSION_REVOKED, TOKEN_REVOKED] });
    const [one, two, three] = [
      await fixture.revoke('ann'),
      await fixture.revoke('ann'),
      await fixture.revoke('ann'),
    ];
    const foreign = await fixture.revoke('ann', OTHER);
    const token = await fixture.revoke('ann', DEMO, 'access_token');
    await fixture.change(
      'remove',
      stream,
      { format: 'opaque', id: one.session },
      {
        format: 'complex',
        user: fixture.iss(two.user),
        session: { format: 'opaque', id: two.session },
      },
      { format: 'complex', application: { format: 'opaque', id: OTHER.id } },
      { format: 'jwt_id', iss: fixture.service.url, jti: token.token },
    );
    for (const revoked of [one, two, three, foreign, token]) await revoked.end();
    expect(await fixture.sessionsTold(stream)).toEqual([three.session]);
  });

  it('is told of accounts and clients by the types that their standards have (F7)', async () => {
    const stream = await receiver.createStream();
    const user = await createUser(fixture.service, 'eve', PASSWORD);
    const users = fixture.service.app.get(UserLifecycleService);
    await users.setPassword(user, 'another', 'user');
    await users.disable(user, 'admin');
    await users.delete(user, 'admin');
    await registerClient(fixture.service, { id: 'short-lived' });
    await fixture.service.app.get(ClientLifecycleService).disable('short-lived', 'admin');
    const claims = await receiver.take(stream, 12);
    const ends = ['tokens-revoked', 'session-revoked'];
    expect(typesOf(claims)).toEqual([
      ...['credential-change', ...ends],
      ...['account-disabled', ...ends],
      ...['account-purged', ...ends],
      ...['client-disabled', ...ends],
    ]);
    for (const { sub_id } of claims.slice(0, 9)) expect(sub_id).toEqual(fixture.iss(user));
  });
});

describe('subjects of a stream that begins with NONE', () => {
  let fixture: Fixture;
  let receiver: Receiver;
  beforeAll(async () => {
    fixture = await Fixture.start({ SSF_DEFAULT_SUBJECTS: 'NONE' });
    ({ receiver } = fixture);
  });
  afterAll(() => fixture.service.stop());
  beforeEach(() => untilNoneIsHeldUp(fixture.service.database.pool));

  it('is told of nobody but who was added, until they are removed', async () => {
    const stream = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    const before = await fixture.revoke('ann');
    await before.end();
    expect(await fixture.sessionsTold(stream)).toEqual([]);
    const [ann, bob] = [await fixture.revoke('ann'), await fixture.revoke('bob')];
    await fixture.change('add', stream, fixture.iss(ann.user), { format: 'opaque', id: bob.session });
    const otherOfBob = await fixture.revoke('bob');
    for (const revoked of [ann, bob, otherOfBob]) await revoked.end();
    expect(await fixture.sessionsTold(stream)).toEqual([ann.session, bob.session]);
    await fixture.change('remove', stream, fixture.iss(ann.user));
    await (await fixture.revoke('ann')).end();
    expect(await fixture.sessionsTold(stream)).toEqual([]);
  });

  it('finds one of 10,000 subjects, by the index alone', async () => {
    const stream = await receiver.createStream({ events_requested: [SESSION_REVOKED] });
    const ann = await fixture.revoke('ann');
    const subjects = fixture.service.app.get(SubjectRepository);
    for (let index = 0; index < 10_000; index += 1) {
      const subject = { format: 'complex', members: { user: `somebody-${index}` } } as const;
      await subjects.insert(stream, subjectKey(subject), lookupKeys(subject, 'NONE'));
    }
    await (await fixture.revoke('bob')).end();
    expect(await fixture.sessionsTold(stream)).toEqual([]);
    await fixture.change('add', stream, fixture.iss(ann.user));
    await ann.end();
    expect(await fixture.sessionsTold(stream)).toEqual([ann.session]);
    await fixture.service.database.pool.query('ANALYZE ssf_subject');
    const { rows } = await fixture.service.database.pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT 1 FROM ssf_subject s WHERE s.stream_id = '${stream}' AND s.lookup_key = 'x'`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join()).toContain('ssf_subject_pkey');
  }, 120_000);
});
