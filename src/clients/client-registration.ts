import { type JWK } from 'jose';
import { ScopeSet } from '../common/scope-set.js';
import { isSecureUrl } from '../common/secure-url.js';
import { isAssertionKey } from './authentication/assertion-keys.js';
import { type ClientDisplayMetadata, type ClientType, type JsonWebKeys } from './client.entity.js';
import { isSafeRedirectUri } from './redirect-uri.js';
import {
  type ClientTokenPolicy,
  isSigningAlgorithm,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from './token-policy.js';

/** What it takes to register a client. */
export interface ClientRegistration {
  readonly id: string;
  readonly name: string;
  readonly type: ClientType;
  readonly authMethods: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  readonly backchannelLogoutUri?: string | null;
  readonly backchannelLogoutSessionRequired?: boolean;
  readonly grantTypes: readonly string[];
  readonly scopes?: readonly string[];
  readonly defaultScopes?: readonly string[];
  readonly audiences?: readonly string[];
  readonly dpopBoundAccessTokens?: boolean;
  readonly requirePushedAuthorizationRequests?: boolean;
  readonly consentRequired?: boolean;
  readonly idTokenSignedResponseAlg?: SigningAlgorithm | null;
  readonly tokenPolicy?: ClientTokenPolicy;
  /** Its public keys (RFC 7591 §2). */
  readonly jwks?: JsonWebKeys | null;
  readonly displayMetadata?: ClientDisplayMetadata;
}

/** What is wrong with a registration, and where, in the names of RFC 7591. */
export interface RegistrationProblem {
  /** The member, with `/` between the parts of its path. */
  readonly field: string;
  readonly problem: string;
}

type Rule = readonly [field: string, violated: (client: ClientRegistration) => boolean, problem: string];

/** The bounds that the server's settings have too, see `TokensConfig`. */
const DAY = 86_400;
const TEN_YEARS = 3_650 * DAY;

/** What the numbers of a token policy may be, least and most. */
export const POLICY_BOUNDS = {
  rotation_grace_seconds: { min: 0, max: DAY },
  refresh_token_lifetime: { min: 1, max: TEN_YEARS },
  absolute_lifetime: { min: 0, max: TEN_YEARS },
  max_families_per_user: { min: 0, max: 100_000 },
  access_token_lifetime: { min: 1, max: DAY },
} as const satisfies Partial<Record<keyof ClientTokenPolicy, { min: number; max: number }>>;

/** `client_id` as RFC 6749 appendix A.1 has it, without what would need escaping in a log or a header. */
const CLIENT_ID = /^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/;

export function isClientId(value: string): boolean {
  return CLIENT_ID.test(value);
}

/** What people may be shown of a client. We never fetch it. */
const DISPLAYED_URIS = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri'] as const;

const RULES: readonly Rule[] = [
  [
    'client_id',
    ({ id }) => !isClientId(id),
    'must be 1 to 255 printable ASCII characters without space, quote and backslash',
  ],
  ['token_endpoint_auth_method', ({ authMethods }) => authMethods.length === 0, 'must be given'],
  [
    'token_endpoint_auth_method',
    ({ type, authMethods }) =>
      authMethods.length > 0 &&
      ((type === 'public') !== authMethods.includes('none') || hasNoneAmongOthers(authMethods)),
    'must be none, alone, for a public client and for no other',
  ],
  [
    'grant_types',
    ({ type, grantTypes }) => type === 'public' && grantTypes.includes('client_credentials'),
    'must not hold client_credentials for a public client (RFC 6749 section 4.4)',
  ],
  [
    'token_policy/rotation',
    (client) =>
      client.type === 'public' && client.tokenPolicy?.rotation === false && !client.dpopBoundAccessTokens,
    'must be on for a public client whose tokens no DPoP key binds: a stolen refresh token would show in nothing (RFC 9700 section 4.14.2)',
  ],
  ['scope', ({ scopes = [] }) => !scopes.every((scope) => ScopeSet.isScopeToken(scope)), 'is malformed'],
  [
    'default_scope',
    ({ scopes = [], defaultScopes = [] }) => !defaultScopes.every((scope) => scopes.includes(scope)),
    'must be within scope',
  ],
  [
    'audiences',
    ({ audiences = [] }) => !audiences.every(isResourceIndicator),
    'must be absolute URIs without fragment (RFC 8707 section 2)',
  ],
  [
    'redirect_uris',
    ({ redirectUris = [], grantTypes }) =>
      grantTypes.includes('authorization_code') && redirectUris.length === 0,
    'must hold one at least for authorization_code',
  ],
  [
    'redirect_uris',
    ({ redirectUris = [] }) => !redirectUris.every(isRedirectUri),
    'must be https, http on loopback, or of a private scheme with a dot, and without fragment',
  ],
  [
    'post_logout_redirect_uris',
    ({ postLogoutRedirectUris = [] }) => !postLogoutRedirectUris.every(isRedirectUri),
    'must be https, http on loopback, or of a private scheme with a dot, and without fragment',
  ],
  [
    'backchannel_logout_uri',
    ({ backchannelLogoutUri: uri }) => uri != null && !(isSecureUrl(uri) && isResourceIndicator(uri)),
    'must be an https URL without fragment (http on loopback only)',
  ],
  [
    'id_token_signed_response_alg',
    ({ idTokenSignedResponseAlg: algorithm }) => algorithm != null && !isSigningAlgorithm(algorithm),
    `must be one of ${SIGNING_ALGORITHMS.join(', ')}`,
  ],
  [
    'jwks',
    ({ jwks }) => jwks != null && !isPublicKeySet(jwks),
    'must be a JWK Set of public keys (RFC 7517)',
  ],
  ...DISPLAYED_URIS.map((name): Rule => [
    name,
    ({ displayMetadata: { [name]: uri } = {} }) => uri !== undefined && !isSecureUrl(uri),
    'must be an https URL (http on loopback only)',
  ]),
  [
    'jwks',
    ({ authMethods, jwks }) => authMethods.includes('private_key_jwt') && !hasAssertionKey(jwks),
    'must hold a key for private_key_jwt: P-256, Ed25519 or RSA of 2048 bits at least',
  ],
];

/** Whether it authenticates by a secret that it shares with us. */
export function usesSecret({ authMethods }: Pick<ClientRegistration, 'authMethods'>): boolean {
  return authMethods.some((method) => method.startsWith('client_secret_'));
}

/** Every rule that a registration breaks, in words for the admin; empty when it is sound. */
export function registrationProblems(client: ClientRegistration): RegistrationProblem[] {
  const broken = RULES.filter(([, isViolated]) => isViolated(client));
  return [
    ...broken.map(([field, , problem]) => ({ field, problem })),
    ...policyProblems(client.tokenPolicy ?? {}),
  ];
}

/** A registration that breaks rules. */
export class UnsoundRegistrationError extends Error {
  override readonly name = 'UnsoundRegistrationError';

  constructor(
    clientId: string,
    readonly problems: readonly RegistrationProblem[],
  ) {
    super(`client ${clientId}: ${problems.map(({ field, problem }) => `${field} ${problem}`).join('; ')}`);
  }
}

/** An absolute URI without a fragment (RFC 8707 §2). */
export function isResourceIndicator(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[^\s#"<>\\^`{|}]+$/i.test(value) && URL.canParse(value);
}

function isRedirectUri(value: string): boolean {
  return isResourceIndicator(value) && isSafeRedirectUri(value);
}

function hasNoneAmongOthers(methods: readonly string[]): boolean {
  return methods.includes('none') && methods.length > 1;
}

function policyProblems(policy: ClientTokenPolicy): RegistrationProblem[] {
  return Object.entries(POLICY_BOUNDS).flatMap(([name, { min, max }]) => {
    const value = policy[name as keyof typeof POLICY_BOUNDS];
    const isSound = value === undefined || (Number.isSafeInteger(value) && value >= min && value <= max);
    return isSound
      ? []
      : [{ field: `token_policy/${name}`, problem: `must be a whole number, ${min} to ${max}` }];
  });
}

/** Members that only a private or a symmetric key has (RFC 7518 §6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** NUL and half a surrogate pair, which Postgres can't store, as JSON has them. */
const UNSTORABLE = /\\u(0000|d[89a-f])/;

function isPublicKeySet(set: JsonWebKeys): boolean {
  const keys: unknown = set.keys;
  const isSet = Array.isArray(keys) && keys.length > 0 && keys.every(isPublicKey);
  return isSet && !UNSTORABLE.test(JSON.stringify(set));
}

/** A set that is none breaks the rule before. */
function hasAssertionKey(set: JsonWebKeys | null | undefined): boolean {
  if (set == null) return false;
  return !isPublicKeySet(set) || (set.keys as readonly JWK[]).some(isAssertionKey);
}

function isPublicKey(key: unknown): boolean {
  if (typeof key !== 'object' || key === null || !('kty' in key)) return false;
  return typeof key.kty === 'string' && !SECRET_MEMBERS.some((member) => member in key);
}
