import { type RevocationEvent, type RevocationReason } from '../../events/revocation-event.js';

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
const RISC = 'https://schemas.openid.net/secevent/risc/event-type/';
const OAUTH = 'https://schemas.openid.net/secevent/oauth/event-type/';
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';

export const SESSION_REVOKED = `${CAEP}session-revoked`;
export const CREDENTIAL_CHANGE = `${CAEP}credential-change`;
export const ACCOUNT_DISABLED = `${RISC}account-disabled`;
export const ACCOUNT_PURGED = `${RISC}account-purged`;
export const TOKEN_REVOKED = `${OAUTH}token-revoked`;
export const TOKENS_REVOKED = `${OAUTH}tokens-revoked`;
export const CLIENT_DISABLED = `${OAUTH}client-disabled`;

/** What a stream says of itself; sent whatever events were requested (SSF §8.1.4, §8.1.5). */
export const VERIFICATION = `${SSF}verification`;
export const STREAM_UPDATED = `${SSF}stream-updated`;

/** Every event type that a stream can be asked for: those that are really sent. */
export const SUPPORTED_EVENTS: readonly string[] = [
  SESSION_REVOKED,
  CREDENTIAL_CHANGE,
  ACCOUNT_DISABLED,
  ACCOUNT_PURGED,
  TOKEN_REVOKED,
  TOKENS_REVOKED,
  CLIENT_DISABLED,
];

/** Told as OAuth has it and as CAEP has it: a receiver may know but one of them. */
const SESSIONS_END = [TOKENS_REVOKED, SESSION_REVOKED];

const TYPES: Readonly<Record<RevocationEvent['type'], readonly string[]>> = {
  'token-family-revoked': SESSIONS_END,
  'access-token-revoked': [TOKEN_REVOKED],
  'user-tokens-revoked': SESSIONS_END,
  'user-client-tokens-revoked': SESSIONS_END,
  'client-tokens-revoked': SESSIONS_END,
  'all-tokens-revoked': SESSIONS_END,
  // There is no type for a key; a receiver has nothing that hangs on one.
  'signing-key-revoked': [],
};

/** What has happened besides, where the reason says so; it comes before its consequences. */
const CAUSES: Readonly<Partial<Record<RevocationReason, string>>> = {
  password_change: CREDENTIAL_CHANGE,
  user_disabled: ACCOUNT_DISABLED,
  user_deleted: ACCOUNT_PURGED,
  client_disabled: CLIENT_DISABLED,
  // There is no type for a client that is gone: it is as good as disabled.
  client_deleted: CLIENT_DISABLED,
};

/** The types of the security events that one event of the outbox becomes, in the order of delivery. */
export function eventTypesOf({ type, reason }: Pick<RevocationEvent, 'type' | 'reason'>): readonly string[] {
  const cause = CAUSES[reason];
  return cause === undefined ? TYPES[type] : [cause, ...TYPES[type]];
}
