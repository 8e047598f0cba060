import { type StoredEvent } from '../../events/outbox.repository.js';
import { CREDENTIAL_CHANGE, eventTypesOf, STREAM_UPDATED, VERIFICATION } from './event-types.js';
import { streamSubject, type SubjectIdentifier, subjectOf } from './subject-identifier.js';

/** What a Security Event Token is to say (RFC 8417 §2.2), before it has an audience and a signature. */
export interface SecurityEvent {
  /** The same whenever the event is told again. */
  readonly jti: string;
  /** Shared by all that one cause has led to. */
  readonly txn: string;
  readonly subject: SubjectIdentifier;
  /** The one event type, a URI. */
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a stream says of itself: that it works, or what became of it. */
export interface StreamNotice {
  /** A UUID. */
  readonly id: string;
  readonly type: 'verification' | 'stream-updated';
  /** What the receiver sent along with its request for a verification. */
  readonly state: string | null;
  readonly status: string | null;
  readonly reason: string | null;
}

/** The security events that one event of the outbox becomes, in the order of delivery (STANDARDS F7, F8). */
export function securityEventsOf(event: StoredEvent, issuer: string): SecurityEvent[] {
  const subject = subjectOf(event, issuer);
  return eventTypesOf(event).map((type) => ({
    jti: jtiOf(event, type),
    txn: event.id,
    subject,
    type,
    payload: payloadOf(event, type),
  }));
}

/** The `jti` under which an event is told as this type. */
export function jtiOf({ id }: Pick<StoredEvent, 'id'>, type: string): string {
  return `${id}.${type.slice(type.lastIndexOf('/') + 1)}`;
}

/** The event that verifies a stream, or tells of its new status (SSF §8.1.4.1, §8.1.5). */
export function noticeEvent(
  { id, type, state, status, reason }: StreamNotice,
  stream: string,
): SecurityEvent {
  const members = type === 'verification' ? { state } : { status, reason };
  return {
    jti: id,
    txn: id,
    subject: streamSubject(stream),
    type: type === 'verification' ? VERIFICATION : STREAM_UPDATED,
    payload: Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)),
  };
}

/** The claims that CAEP has for every event (CAEP §2), and those of the type. */
function payloadOf({ occurredAt, initiator, reason }: StoredEvent, type: string): Record<string, unknown> {
  return {
    event_timestamp: Math.floor(occurredAt.getTime() / 1000),
    initiating_entity: initiator,
    reason_admin: { en: reason.replaceAll('_', ' ') },
    ...(type === CREDENTIAL_CHANGE && { credential_type: 'password', change_type: 'update' }),
  };
}
