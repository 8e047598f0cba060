import { type ScopeSet } from '../../common/scope-set.js';
import { type KnownProfile } from '../../users/user-profiles.js';

/** Marks a request as OpenID Connect's (OIDC Core §3.1.2.1). */
export const OPENID_SCOPE = 'openid';

/** The scopes that ask for claims, and what they ask for (OIDC Core §5.4). */
const CLAIMS_OF_SCOPES = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
} as const;

const SCOPES = Object.entries(CLAIMS_OF_SCOPES);

/** For discovery. */
export const CLAIM_SCOPES: readonly string[] = Object.keys(CLAIMS_OF_SCOPES);
export const USER_CLAIMS: readonly string[] = Object.values(CLAIMS_OF_SCOPES).flat();

/** What a client with these scopes is told of a user: in ID tokens and at the userinfo endpoint alike. */
export function claimsWithin(scopes: ScopeSet, profile: KnownProfile): Record<string, unknown> {
  const granted = SCOPES.filter(([scope]) => scopes.has(scope));
  if (granted.length === 0) return {};
  const all = allClaims(profile);
  const told = granted.flatMap(([, names]) => names).filter((name) => all[name] !== undefined);
  return Object.fromEntries(told.map((name) => [name, all[name]]));
}

/** `updated_at` in seconds since the epoch; the user name stands in for a name to go by that is not set. */
function allClaims({ username, email, claims, updatedAt }: KnownProfile): Record<string, unknown> {
  return {
    preferred_username: username,
    ...claims,
    updated_at: Math.floor(updatedAt.getTime() / 1000),
    // Nobody has verified an address that is not there.
    ...(email === null ? { email_verified: undefined } : { email }),
  };
}
