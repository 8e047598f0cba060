import { Inject, Injectable } from '@nestjs/common';
import { ClientAuthenticator } from '../clients/authentication/client-authenticator.js';
import { type ClientEntity } from '../clients/client.entity.js';
import { type ClientMetadata } from '../clients/client-metadata.js';
import { UnsoundRegistrationError } from '../clients/client-registration.js';
import { isSafeRedirectUri } from '../clients/redirect-uri.js';
import { OAuthError } from '../common/oauth-error.js';
import { registrationConfig, type RegistrationSettings } from '../config/registration.config.js';
import { GrantRegistry } from '../grants/grant-registry.js';
import { TokenKeyService } from '../tokens/keys/token-key.service.js';
import { isReservedScope } from './reserved-scopes.js';

/** What RFC 7591 §2 has a client use that names no grant. */
const DEFAULT_GRANT_TYPES = ['authorization_code'];

/** What a client may make of itself. What an admin has given it since it may keep. */
@Injectable()
export class RegistrationRules {
  constructor(
    private readonly grants: GrantRegistry,
    private readonly authenticator: ClientAuthenticator,
    private readonly keys: TokenKeyService,
    @Inject(registrationConfig.KEY) private readonly settings: RegistrationSettings,
  ) {}

  /**
   * The metadata with its defaults, where all of it is allowed.
   *
   * @param scopes of which it may have any; those that are reserved it may not have all the same
   * @param before the client as it is
   * @throws OAuthError `invalid_client_metadata` or `invalid_redirect_uri` (RFC 7591 §3.2.2)
   */
  allowed(metadata: ClientMetadata, scopes: readonly string[], before?: ClientEntity): ClientMetadata {
    this.requireMethod(metadata.token_endpoint_auth_method);
    const grantTypes = metadata.grant_types ?? DEFAULT_GRANT_TYPES;
    this.requireGrants(grantTypes, before?.grantTypes ?? []);
    requireRedirectUris(metadata.redirect_uris ?? [], grantTypes);
    requireSafeUris('post_logout_redirect_uris', metadata.post_logout_redirect_uris ?? []);
    this.requireAlgorithm(metadata.id_token_signed_response_alg);
    const scope = scopeWithin(metadata.scope, [...scopes, ...(before?.scopes ?? [])], scopes);
    const { audiences, tokenPolicy: token_policy, consentRequired: consent_required } = before ?? {};
    const kept = { audiences, token_policy, consent_required };
    return { ...metadata, ...kept, grant_types: grantTypes, scope, default_scope: scope };
  }

  private requireMethod(method: string | undefined): void {
    const { methodNames } = this.authenticator;
    if (method === undefined || methodNames.includes(method)) return;
    throw OAuthError.invalidClientMetadata(
      `token_endpoint_auth_method must be one of ${methodNames.join(', ')}`,
    );
  }

  private requireAlgorithm(algorithm: string | undefined): void {
    const { signingAlgorithms } = this.keys;
    if (algorithm === undefined || signingAlgorithms.includes(algorithm)) return;
    throw OAuthError.invalidClientMetadata(
      `id_token_signed_response_alg must be one of ${signingAlgorithms.join(', ')}`,
    );
  }

  private requireGrants(requested: readonly string[], kept: readonly string[]): void {
    const { grantTypes } = this.grants;
    const allowed = grantTypes.filter(
      (type) => this.settings.grantTypes.includes(type) || kept.includes(type),
    );
    if (requested.every((type) => allowed.includes(type))) return;
    throw OAuthError.invalidClientMetadata(
      `grant_types must be among ${allowed.join(', ')}; left out it is authorization_code`,
    );
  }
}

/** @throws OAuthError `invalid_redirect_uri` */
function requireRedirectUris(uris: readonly string[], grantTypes: readonly string[]): void {
  if (uris.length === 0 && grantTypes.includes('authorization_code'))
    throw OAuthError.invalidRedirectUri('authorization_code needs redirect_uris');
  requireSafeUris('redirect_uris', uris);
}

/** @throws OAuthError `invalid_redirect_uri` */
function requireSafeUris(name: string, uris: readonly string[]): void {
  if (uris.every(isSafeRedirectUri)) return;
  throw OAuthError.invalidRedirectUri(
    `${name} must be https, http on loopback, or of a private scheme with a dot`,
  );
}

/** @returns all that is not reserved of `offered` where no scope is named */
function scopeWithin(
  scope: string | undefined,
  allowed: readonly string[],
  offered: readonly string[],
): string {
  if (scope === undefined) return offered.filter((one) => !isReservedScope(one)).join(' ');
  const isAllowed = (one: string) => allowed.includes(one) && !isReservedScope(one);
  if (scope === '' || scope.split(' ').every(isAllowed)) return scope;
  throw OAuthError.invalidClientMetadata('scope is more than this client may register itself for');
}

/** Runs `work`, and says what is unsound in the words of RFC 7591 §3.2.2. */
export async function soundly<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnsoundRegistrationError)) throw error;
    const problems = error.problems.map(({ field, problem }) => `${field} ${problem}`).join('; ');
    const isAboutUris = error.problems.every(({ field }) => field === 'redirect_uris');
    throw isAboutUris ? OAuthError.invalidRedirectUri(problems) : OAuthError.invalidClientMetadata(problems);
  }
}
