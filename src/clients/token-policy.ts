import { type TokensSettings } from '../config/tokens.config.js';

/** What tokens can be signed with (RFC 7518 §3.1, RFC 8037 §3.1). */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];
export type AccessTokenFormat = 'jwt' | 'opaque';

export function isSigningAlgorithm(name: string): name is SigningAlgorithm {
  return SIGNING_ALGORITHMS.some((known) => known === name);
}

/** What a client sets for itself; whatever it leaves out is the server's default. As stored. */
export interface ClientTokenPolicy {
  readonly rotation?: boolean;
  /** Seconds, 0 to 86400. */
  readonly rotation_grace_seconds?: number;
  /** Seconds. */
  readonly refresh_token_lifetime?: number;
  readonly refresh_token_expiry?: 'sliding' | 'fixed';
  /** Seconds since the family was issued; 0 for never. */
  readonly absolute_lifetime?: number;
  /** 0 for no limit. */
  readonly max_families_per_user?: number;
  readonly revoke_previous_access_token?: boolean;
  readonly access_token_format?: AccessTokenFormat;
  /** Seconds. */
  readonly access_token_lifetime?: number;
  readonly access_token_algorithm?: SigningAlgorithm;
}

/** The policy in force for one client. Lifetimes in seconds; 0 means none for the last two limits. */
export interface TokenPolicy {
  readonly rotation: boolean;
  readonly rotationGrace: number;
  readonly refreshTokenLifetime: number;
  readonly refreshTokenExpiry: 'sliding' | 'fixed';
  readonly absoluteLifetime: number;
  readonly maxFamiliesPerUser: number;
  /** Whether a refresh revokes the access token that the family had before. */
  readonly revokePreviousAccessToken: boolean;
  readonly accessTokenFormat: AccessTokenFormat;
  readonly accessTokenLifetime: number;
  readonly accessTokenAlgorithm: SigningAlgorithm;
}

/** Each setting by its name as stored, and its name in force. */
export const POLICY_SETTINGS = {
  rotation: 'rotation',
  rotation_grace_seconds: 'rotationGrace',
  refresh_token_lifetime: 'refreshTokenLifetime',
  refresh_token_expiry: 'refreshTokenExpiry',
  absolute_lifetime: 'absoluteLifetime',
  max_families_per_user: 'maxFamiliesPerUser',
  revoke_previous_access_token: 'revokePreviousAccessToken',
  access_token_format: 'accessTokenFormat',
  access_token_lifetime: 'accessTokenLifetime',
  access_token_algorithm: 'accessTokenAlgorithm',
} as const satisfies Record<keyof ClientTokenPolicy, keyof TokenPolicy>;

/** The client's settings over the server's defaults. */
export function effectivePolicy(client: ClientTokenPolicy, server: TokensSettings): TokenPolicy {
  return {
    rotation: client.rotation ?? server.rotation,
    rotationGrace: client.rotation_grace_seconds ?? server.rotationGrace,
    refreshTokenLifetime: client.refresh_token_lifetime ?? server.refreshTokenLifetime,
    refreshTokenExpiry: client.refresh_token_expiry ?? server.refreshTokenExpiry,
    absoluteLifetime: client.absolute_lifetime ?? server.absoluteLifetime,
    maxFamiliesPerUser: client.max_families_per_user ?? server.maxFamiliesPerUser,
    revokePreviousAccessToken: client.revoke_previous_access_token ?? server.revokePreviousAccessToken,
    accessTokenFormat: client.access_token_format ?? server.accessTokenFormat,
    accessTokenLifetime: client.access_token_lifetime ?? server.accessTokenLifetime,
    accessTokenAlgorithm: client.access_token_algorithm ?? server.accessTokenAlgorithm,
  };
}
