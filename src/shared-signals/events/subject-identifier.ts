import { type StoredEvent } from '../../events/outbox.repository.js';

/** A subject as RFC 9493 §3 and SSF §3 write it. */
export type SubjectIdentifier = Readonly<Record<string, unknown>> & { readonly format: string };

/** Whom an event concerns, as far as it says so. */
export interface Concerned {
  readonly user?: string;
  /** The family: `sid` of its access tokens. */
  readonly session?: string;
  /** The client. */
  readonly application?: string;
  /** `jti` of an access token. */
  readonly token?: string;
}

/** A client that acts for itself is no user. */
export function concernedBy({ subject, sessionId, clientId, jti }: StoredEvent): Concerned {
  return {
    user: subject === clientId ? undefined : subject,
    session: sessionId,
    application: clientId,
    token: jti,
  };
}

/** The `sub_id` of an event (STANDARDS F8). */
export function subjectOf(event: StoredEvent, issuer: string): SubjectIdentifier {
  const { user, session, application, token } = concernedBy(event);
  if (token !== undefined) return { format: 'jwt_id', iss: issuer, jti: token };
  const account = user === undefined ? undefined : { format: 'iss_sub', iss: issuer, sub: user };
  if (account && session === undefined && application === undefined) return account;
  if (!account && application === undefined) return everybody(issuer);
  return {
    format: 'complex',
    ...(account && { user: account }),
    ...(session !== undefined && { session: { format: 'opaque', id: session } }),
    ...(application !== undefined && { application: { format: 'opaque', id: application } }),
  };
}

/** The subject of what is said about a stream itself. */
export function streamSubject(id: string): SubjectIdentifier {
  return { format: 'opaque', id };
}

/** All who have an account here. */
function everybody(issuer: string): SubjectIdentifier {
  return { format: 'complex', tenant: { format: 'uri', uri: issuer } };
}
