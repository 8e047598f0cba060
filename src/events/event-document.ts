import { type StoredEvent } from './outbox.repository.js';

/** An event as JSON: the same members in SSE, in the Redis stream and in the snapshot. Times in ISO 8601. */
export function eventDocument(event: StoredEvent): Record<string, string> {
  const { id, type, reason, initiator, occurredAt, subject, sessionId, clientId, jti, keyId } = event;
  const members = {
    id,
    type,
    occurred_at: occurredAt.toISOString(),
    reason,
    initiating_entity: initiator,
    sub: subject,
    sid: sessionId,
    client_id: clientId,
    jti,
    kid: keyId,
  };
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
