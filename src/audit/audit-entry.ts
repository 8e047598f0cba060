/** Who did it: a client by its token, a person, an operator at a shell, whoever has an initial access token, or the service itself. */
export interface Actor {
  readonly type: 'client' | 'user' | 'operator' | 'initial_access_token' | 'system';
  readonly id: string;
}

/** What it was done to. */
export interface AuditTarget {
  readonly type: string;
  readonly id: string;
}

/** The service itself, where what happened was its own doing. */
export const SYSTEM: Actor = { type: 'system', id: 'regrant' };

/** Something that was done, or that someone should look at. Never holds a secret. */
export interface AuditEntry {
  readonly actor: Actor;
  /** What was done, as `<thing>.<participle>`, for example `client.created`. */
  readonly action: string;
  readonly target?: AuditTarget;
  readonly requestId?: string;
  /** In the words of whoever did it. */
  readonly reason?: string;
  /** The representation before and after, as the management API shows it. */
  readonly before?: object;
  readonly after?: object;
  /** Whatever else belongs to it, in snake_case. */
  readonly details?: object;
}

/** An entry as the log keeps it and the management API shows it. */
export interface AuditDocument {
  /** 1, 2, 3 and so on, without a gap. */
  readonly sequence: number;
  readonly occurred_at: string;
  readonly actor: Actor;
  readonly action: string;
  readonly target?: AuditTarget;
  readonly request_id?: string;
  readonly reason?: string;
  readonly before?: object;
  readonly after?: object;
  readonly details?: object;
}

/** The entry in the order in which it is written; what is `undefined` JSON leaves out. */
export function auditDocument(entry: AuditEntry, sequence: number, occurredAt: Date): AuditDocument {
  const { actor, action, target, requestId, reason, before, after, details } = entry;
  return {
    sequence,
    occurred_at: occurredAt.toISOString(),
    actor,
    action,
    target,
    request_id: requestId,
    reason,
    before,
    after,
    details,
  };
}
