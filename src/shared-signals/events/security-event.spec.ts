import { describe, expect, it } from '@jest/globals';
import { EventCursor } from '../../events/event-cursor.js';
import { type StoredEvent } from '../../events/outbox.repository.js';
import { SUPPORTED_EVENTS } from './event-types.js';
import { noticeEvent, securityEventsOf } from './security-event.js';

const ISSUER = 'https://as.example';
const USER = { format: 'iss_sub', iss: ISSUER, sub: 'u' };
const SESSION = { format: 'opaque', id: 's' };
const CLIENT = { format: 'opaque', id: 'c' };

const event = (members: Partial<StoredEvent> & Pick<StoredEvent, 'type'>): StoredEvent => ({
  id: 'e',
  cursor: EventCursor.start,
  reason: 'admin_request',
  initiator: 'admin',
  occurredAt: new Date('2026-01-01T00:00:00.900Z'),
  ...members,
});

const told = (members: Partial<StoredEvent> & Pick<StoredEvent, 'type'>) =>
  securityEventsOf(event(members), ISSUER);
const names = (types: readonly string[]) =>
  types.map((type) => type.replace('https://schemas.openid.net/secevent/', ''));

const ENDS = ['oauth/event-type/tokens-revoked', 'caep/event-type/session-revoked'];
const OF_USER = { type: 'user-tokens-revoked', subject: 'u' } as const;
const OF_CLIENT = { type: 'client-tokens-revoked', clientId: 'c' } as const;

describe('securityEventsOf', () => {
  it.each<[string, Partial<StoredEvent> & Pick<StoredEvent, 'type'>, string[], object]>([
    [
      'a family',
      { type: 'token-family-revoked', subject: 'u', sessionId: 's', clientId: 'c' },
      ENDS,
      { format: 'complex', user: USER, session: SESSION, application: CLIENT },
    ],
    [
      'an access token',
      { type: 'access-token-revoked', subject: 'u', clientId: 'c', jti: 'j' },
      ['oauth/event-type/token-revoked'],
      { format: 'jwt_id', iss: ISSUER, jti: 'j' },
    ],
    ['a user', OF_USER, ENDS, USER],
    [
      'a user who is disabled',
      { ...OF_USER, reason: 'user_disabled' },
      ['risc/event-type/account-disabled', ...ENDS],
      USER,
    ],
    [
      'a user who is deleted',
      { ...OF_USER, reason: 'user_deleted' },
      ['risc/event-type/account-purged', ...ENDS],
      USER,
    ],
    [
      'a user with a new password',
      { ...OF_USER, reason: 'password_change' },
      ['caep/event-type/credential-change', ...ENDS],
      USER,
    ],
    [
      'a user at a client',
      { type: 'user-client-tokens-revoked', subject: 'u', clientId: 'c' },
      ENDS,
      { format: 'complex', user: USER, application: CLIENT },
    ],
    ['a client', OF_CLIENT, ENDS, { format: 'complex', application: CLIENT }],
    [
      'a client that is disabled',
      { ...OF_CLIENT, reason: 'client_disabled' },
      ['oauth/event-type/client-disabled', ...ENDS],
      { format: 'complex', application: CLIENT },
    ],
    [
      'a client that is deleted',
      { ...OF_CLIENT, reason: 'client_deleted' },
      ['oauth/event-type/client-disabled', ...ENDS],
      { format: 'complex', application: CLIENT },
    ],
    [
      'everybody',
      { type: 'all-tokens-revoked' },
      ENDS,
      { format: 'complex', tenant: { format: 'uri', uri: ISSUER } },
    ],
  ])('tells of %s (F7, F8)', (_what, stored, types, subject) => {
    const events = told(stored);
    expect(names(events.map(({ type }) => type))).toEqual(types);
    for (const one of events) expect(one).toMatchObject({ txn: 'e', subject });
    expect(new Set(events.map(({ jti }) => jti)).size).toBe(events.length);
    expect(told(stored)).toEqual(events);
    for (const { type } of events) expect(SUPPORTED_EVENTS).toContain(type);
  });

  it('says when, by whom and why, and of a credential which and how (F8)', () => {
    const [change, ...others] = told({ ...OF_USER, reason: 'password_change', initiator: 'user' });
    const common = {
      event_timestamp: 1_767_225_600,
      initiating_entity: 'user',
      reason_admin: { en: 'password change' },
    };
    expect(change!.payload).toEqual({ ...common, credential_type: 'password', change_type: 'update' });
    for (const { payload } of others) expect(payload).toEqual(common);
  });

  it('does not tell of a key, for which there is no type', () => {
    expect(told({ type: 'signing-key-revoked', keyId: 'k', reason: 'key_compromised' })).toEqual([]);
  });

  it('supports no type that no event becomes', () => {
    const reasons = [
      'password_change',
      'user_disabled',
      'user_deleted',
      'client_disabled',
      'replay',
    ] as const;
    const sent = reasons.flatMap((reason) => [
      ...told({ ...OF_USER, reason }),
      ...told({ type: 'access-token-revoked', jti: 'j', clientId: 'c', reason }),
    ]);
    expect(new Set(sent.map(({ type }) => type))).toEqual(new Set(SUPPORTED_EVENTS));
  });
});

describe('noticeEvent', () => {
  const notice = { id: 'n', state: null, status: null, reason: null };

  it('echoes the state of a verification, the empty one too, and none where there was none', () => {
    const payload = (state: string | null) =>
      noticeEvent({ ...notice, type: 'verification', state }, 'stream').payload;
    expect([payload('x'), payload(''), payload(null)]).toEqual([{ state: 'x' }, { state: '' }, {}]);
  });

  it('is about the stream', () => {
    expect(
      noticeEvent({ ...notice, type: 'stream-updated', status: 'disabled', reason: 'why' }, 'stream'),
    ).toEqual({
      jti: 'n',
      txn: 'n',
      subject: { format: 'opaque', id: 'stream' },
      type: 'https://schemas.openid.net/secevent/ssf/event-type/stream-updated',
      payload: { status: 'disabled', reason: 'why' },
    });
  });
});
