import { ScopeSet } from '../common/scope-set.js';
import { type ClientType } from './client.entity.js';
import { type ClientTokenPolicy } from './token-policy.js';

/** What it takes to register a client. */
export interface ClientRegistration {
  readonly id: string;
  readonly name: string;
  readonly type: ClientType;
  readonly authMethods: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly grantTypes: readonly string[];
  readonly scopes?: readonly string[];
  readonly defaultScopes?: readonly string[];
  readonly audiences?: readonly string[];
  readonly dpopBoundAccessTokens?: boolean;
  readonly tokenPolicy?: ClientTokenPolicy;
}

type Rule = readonly [violated: (client: ClientRegistration) => boolean, problem: string];

/** The bounds that the server's settings have too, see `TokensConfig`. */
const DAY = 86_400;
const TEN_YEARS = 3_650 * DAY;

/** `client_id` as RFC 6749 appendix A.1 has it, without what would need escaping in a log or a header. */
const CLIENT_ID = /^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/;

const RULES: readonly Rule[] = [
  [
    ({ id }) => !CLIENT_ID.test(id),
    'id: 1 to 255 printable ASCII characters without space, quote and backslash',
  ],
  [({ authMethods }) => authMethods.length === 0, 'auth_methods: at least one'],
  [
    ({ type, authMethods }) =>
      (type === 'public') !== authMethods.includes('none') || hasNoneAmongOthers(authMethods),
    'auth_methods: none, alone, for a public client and for no other',
  ],
  [
    ({ type, grantTypes }) => type === 'public' && grantTypes.includes('client_credentials'),
    'grant_types: client_credentials needs a confidential client (RFC 6749 section 4.4)',
  ],
  [
    (client) =>
      client.type === 'public' && client.tokenPolicy?.rotation === false && !client.dpopBoundAccessTokens,
    'token_policy.rotation: a public client without DPoP-bound tokens must rotate (RFC 9700 section 4.14.2)',
  ],
  [({ scopes = [] }) => !scopes.every((scope) => ScopeSet.isScopeToken(scope)), 'scopes: malformed'],
  [
    ({ scopes = [], defaultScopes = [] }) => !defaultScopes.every((scope) => scopes.includes(scope)),
    'default_scopes: must be among scopes',
  ],
  [
    ({ audiences = [] }) => !audiences.every(isResourceIndicator),
    'audiences: absolute URIs without fragment',
  ],
  [
    ({ redirectUris = [] }) => !redirectUris.every(isRedirectUri),
    'redirect_uris: absolute, without fragment',
  ],
  [
    ({ tokenPolicy = {} }) => !hasSaneTimes(tokenPolicy),
    'token_policy: times are whole seconds within the bounds of the server settings',
  ],
];

/** Every rule that a registration breaks, in words for the admin; empty when it is sound. */
export function registrationProblems(client: ClientRegistration): string[] {
  return RULES.filter(([violated]) => violated(client)).map(([, problem]) => problem);
}

/** An absolute URI without a fragment (RFC 8707 §2). */
export function isResourceIndicator(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[^\s#"<>\\^`{|}]+$/i.test(value) && URL.canParse(value);
}

/** Not what a browser would run instead of visit. */
function isRedirectUri(value: string): boolean {
  return isResourceIndicator(value) && !/^(javascript|data|vbscript|blob|file):/i.test(value);
}

function hasNoneAmongOthers(methods: readonly string[]): boolean {
  return methods.includes('none') && methods.length > 1;
}

function hasSaneTimes(policy: ClientTokenPolicy): boolean {
  const bounds: [value: number | undefined, least: number, most: number][] = [
    [policy.rotation_grace_seconds, 0, DAY],
    [policy.refresh_token_lifetime, 1, TEN_YEARS],
    [policy.absolute_lifetime, 0, TEN_YEARS],
    [policy.max_families_per_user, 0, 100_000],
    [policy.access_token_lifetime, 1, DAY],
  ];
  return bounds.every(
    ([value, least, most]) =>
      value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most),
  );
}
