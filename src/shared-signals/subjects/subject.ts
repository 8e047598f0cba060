import { OAuthError } from '../../common/oauth-error.js';
import { type JsonObject } from '../../http/json-object.js';

/** The members of a complex subject that our events can match (SSF §3.3), in a fixed order. */
export const MEMBERS = ['user', 'session', 'application'] as const;
export type Member = (typeof MEMBERS)[number];

/** The identifiers of a complex subject: who, in which session, at which client. */
export type ComplexSubject = Readonly<Partial<Record<Member, string>>>;

/** A subject that a receiver names. One user alone is a complex subject with one member. */
export type Subject =
  | { readonly format: 'complex'; readonly members: ComplexSubject }
  | { readonly format: 'opaque' | 'jwt_id'; readonly id: string };

const MAX_ID = 255;

/**
 * Reads a subject identifier (RFC 9493 §3, SSF §3.3).
 *
 * @param issuer ours
 * @throws OAuthError `invalid_request` for a format that no event of ours has; 404 for another issuer's subject
 */
export function parseSubject(subject: JsonObject, issuer: string): Subject {
  switch (subject.string('format')) {
    case 'iss_sub':
      return { format: 'complex', members: { user: userIn(subject, issuer) } };
    case 'complex':
      return { format: 'complex', members: membersIn(subject, issuer) };
    case 'opaque':
      return { format: 'opaque', id: subject.string('id', MAX_ID) };
    case 'jwt_id':
      requireIssuer(subject, issuer);
      return { format: 'jwt_id', id: subject.string('jti', MAX_ID) };
    default:
      throw OAuthError.invalidRequest('the subject must be iss_sub, opaque, jwt_id or complex');
  }
}

function membersIn(subject: JsonObject, issuer: string): ComplexSubject {
  const names = subject.names().filter((name) => name !== 'format');
  const isKnown = names.every((name) => (MEMBERS as readonly string[]).includes(name));
  if (names.length === 0 || !isKnown)
    throw OAuthError.invalidRequest('a complex subject has user, session and application, or some of them');
  return {
    ...(subject.has('user') && { user: userIn(ofFormat(subject.object('user'), 'iss_sub'), issuer) }),
    ...(subject.has('session') && { session: opaqueIn(subject.object('session')) }),
    ...(subject.has('application') && { application: opaqueIn(subject.object('application')) }),
  };
}

function userIn(identifier: JsonObject, issuer: string): string {
  requireIssuer(identifier, issuer);
  return identifier.string('sub', MAX_ID);
}

function opaqueIn(identifier: JsonObject): string {
  return ofFormat(identifier, 'opaque').string('id', MAX_ID);
}

function ofFormat(identifier: JsonObject, format: string): JsonObject {
  if (identifier.string('format') === format) return identifier;
  throw OAuthError.invalidRequest('in a complex subject user is iss_sub, session and application are opaque');
}

function requireIssuer(identifier: JsonObject, issuer: string): void {
  if (identifier.string('iss') !== issuer) throw OAuthError.notFound('the subject is of another issuer');
}
