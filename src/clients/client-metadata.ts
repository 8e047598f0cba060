import { type ClientDisplayMetadata, type ClientEntity, type JsonWebKeys } from './client.entity.js';
import { type ClientRegistration } from './client-registration.js';
import { type ClientChange } from './client.service.js';
import { type ClientTokenPolicy, type SigningAlgorithm } from './token-policy.js';

/** How people sign out of a client, in OpenID Connect's names (RP-Initiated Logout §3.1, Back-Channel Logout §2.2). */
export interface ClientLogoutMetadata {
  readonly post_logout_redirect_uris?: readonly string[];
  readonly backchannel_logout_uri?: string;
  /** We always tell it: it is kept and shown. */
  readonly backchannel_logout_session_required?: boolean;
}

/** A client's metadata in the names of RFC 7591 §2, with our token policy beside them. */
export interface ClientMetadata extends ClientDisplayMetadata, ClientLogoutMetadata {
  readonly client_name?: string;
  readonly token_endpoint_auth_method?: string;
  readonly redirect_uris?: readonly string[];
  readonly grant_types?: readonly string[];
  /** Space-separated. */
  readonly scope?: string;
  /** What a request without `scope` gets (RFC 6749 §3.3). */
  readonly default_scope?: string;
  /** Resources that it may ask for (RFC 8707). */
  readonly audiences?: readonly string[];
  readonly dpop_bound_access_tokens?: boolean;
  /** RFC 9126 §6. */
  readonly require_pushed_authorization_requests?: boolean;
  /** Whether people are asked for their consent; left out they are. Off for an organisation's own clients. */
  readonly consent_required?: boolean;
  /** OpenID Connect Dynamic Client Registration §2. */
  readonly id_token_signed_response_alg?: SigningAlgorithm;
  readonly jwks?: JsonWebKeys;
  readonly token_policy?: ClientTokenPolicy;
}

/** What RFC 7591 §2 has a client authenticate by that names no method. */
const DEFAULT_AUTH_METHOD = 'client_secret_basic';

const DISPLAY_MEMBERS = [
  'client_uri',
  'logo_uri',
  'tos_uri',
  'policy_uri',
  'contacts',
  'software_id',
  'software_version',
] as const satisfies (keyof ClientDisplayMetadata)[];

/** The registration that the metadata asks for. A client that names no secret method is public. */
export function registrationOf(id: string, metadata: ClientMetadata): ClientRegistration {
  const method = metadata.token_endpoint_auth_method ?? DEFAULT_AUTH_METHOD;
  return {
    id,
    name: metadata.client_name ?? id,
    type: method === 'none' ? 'public' : 'confidential',
    authMethods: [method],
    redirectUris: metadata.redirect_uris ?? [],
    postLogoutRedirectUris: metadata.post_logout_redirect_uris ?? [],
    backchannelLogoutUri: metadata.backchannel_logout_uri ?? null,
    backchannelLogoutSessionRequired: metadata.backchannel_logout_session_required ?? false,
    grantTypes: metadata.grant_types ?? [],
    scopes: scopesOf(metadata.scope),
    defaultScopes: scopesOf(metadata.default_scope),
    audiences: metadata.audiences ?? [],
    dpopBoundAccessTokens: metadata.dpop_bound_access_tokens ?? false,
    requirePushedAuthorizationRequests: metadata.require_pushed_authorization_requests ?? false,
    consentRequired: metadata.consent_required ?? true,
    idTokenSignedResponseAlg: metadata.id_token_signed_response_alg ?? null,
    tokenPolicy: metadata.token_policy ?? {},
    jwks: metadata.jwks ?? null,
    displayMetadata: displayOf(metadata),
  };
}

/** What the metadata makes of a client that there is: everything that it may change. */
export function changeOf(before: ClientEntity, metadata: ClientMetadata): ClientChange {
  const { name, authMethods, ...rest } = registrationOf(before.id, metadata);
  const isSameMethod = before.authMethods[0] === authMethods[0];
  return {
    name,
    // One that may use several methods keeps them as long as the first stays.
    authMethods: isSameMethod ? before.authMethods : [...authMethods],
    redirectUris: [...(rest.redirectUris ?? [])],
    postLogoutRedirectUris: [...(rest.postLogoutRedirectUris ?? [])],
    backchannelLogoutUri: rest.backchannelLogoutUri ?? null,
    backchannelLogoutSessionRequired: rest.backchannelLogoutSessionRequired ?? false,
    grantTypes: [...rest.grantTypes],
    scopes: [...(rest.scopes ?? [])],
    defaultScopes: [...(rest.defaultScopes ?? [])],
    audiences: [...(rest.audiences ?? [])],
    dpopBoundAccessTokens: rest.dpopBoundAccessTokens ?? false,
    requirePushedAuthorizationRequests: rest.requirePushedAuthorizationRequests ?? false,
    consentRequired: rest.consentRequired ?? true,
    idTokenSignedResponseAlg: rest.idTokenSignedResponseAlg ?? null,
    tokenPolicy: rest.tokenPolicy ?? {},
    jwks: rest.jwks ?? null,
    displayMetadata: rest.displayMetadata ?? {},
  };
}

/** A client's metadata as {@link registrationOf} takes it. */
export function metadataOf(
  client: ClientEntity,
): Required<Pick<ClientMetadata, 'token_endpoint_auth_method'>> & ClientMetadata {
  return {
    client_name: client.name,
    token_endpoint_auth_method: client.authMethods[0] ?? DEFAULT_AUTH_METHOD,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...(client.backchannelLogoutUri !== null && { backchannel_logout_uri: client.backchannelLogoutUri }),
    backchannel_logout_session_required: client.backchannelLogoutSessionRequired,
    grant_types: client.grantTypes,
    scope: client.scopes.join(' '),
    default_scope: client.defaultScopes.join(' '),
    audiences: client.audiences,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    consent_required: client.consentRequired,
    ...(client.idTokenSignedResponseAlg !== null && {
      id_token_signed_response_alg: client.idTokenSignedResponseAlg,
    }),
    ...(client.jwks && { jwks: client.jwks }),
    ...client.displayMetadata,
    token_policy: client.tokenPolicy,
  };
}

function scopesOf(scope = ''): string[] {
  return scope === '' ? [] : [...new Set(scope.split(' '))];
}

function displayOf(metadata: ClientMetadata): ClientDisplayMetadata {
  const members = DISPLAY_MEMBERS.filter((member) => metadata[member] !== undefined);
  return Object.fromEntries(members.map((member) => [member, metadata[member]]));
}
