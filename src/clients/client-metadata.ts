import { type ClientDisplayMetadata, type ClientEntity, type JsonWebKeys } from './client.entity.js';
import { type ClientRegistration } from './client-registration.js';
import { type ClientChange } from './client.service.js';
import { type ClientTokenPolicy } from './token-policy.js';

/** A client's metadata in the names of RFC 7591 §2, with our token policy beside them. */
export interface ClientMetadata extends ClientDisplayMetadata {
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
    grantTypes: metadata.grant_types ?? [],
    scopes: scopesOf(metadata.scope),
    defaultScopes: scopesOf(metadata.default_scope),
    audiences: metadata.audiences ?? [],
    dpopBoundAccessTokens: metadata.dpop_bound_access_tokens ?? false,
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
    grantTypes: [...rest.grantTypes],
    scopes: [...(rest.scopes ?? [])],
    defaultScopes: [...(rest.defaultScopes ?? [])],
    audiences: [...(rest.audiences ?? [])],
    dpopBoundAccessTokens: rest.dpopBoundAccessTokens ?? false,
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
    grant_types: client.grantTypes,
    scope: client.scopes.join(' '),
    default_scope: client.defaultScopes.join(' '),
    audiences: client.audiences,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
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
