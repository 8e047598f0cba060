import { type JWK } from 'jose';
import { ScopeSet } from '../common/scope-set.js';
import { type ClientEntity, type ClientType } from './client.entity.js';
import { type SigningAlgorithm, type TokenPolicy } from './token-policy.js';

/** A secret's hash with the version of the key that made it. */
export interface SecretHash {
  readonly keyVersion: number;
  readonly hash: Buffer;
  readonly expiresAt: Date | null;
}

/** A registered client as the token endpoint sees it. Immutable, shared by requests. */
export class Client {
  readonly id: string;
  readonly name: string;
  readonly type: ClientType;
  readonly enabled: boolean;
  readonly authMethods: readonly string[];
  readonly redirectUris: readonly string[];
  /** Where people may be sent after they signed out. */
  readonly postLogoutRedirectUris: readonly string[];
  /** Where it is told that a person signed out; `null` where it does not want to know. */
  readonly backchannelLogoutUri: string | null;
  readonly grantTypes: readonly string[];
  readonly scopes: ScopeSet;
  readonly defaultScopes: ScopeSet;
  readonly audiences: readonly string[];
  readonly requiresDpop: boolean;
  /** Its authorization requests must be pushed (RFC 9126 §6). */
  readonly requiresPushedRequests: boolean;
  /** People are asked before it gets what it wants of them. */
  readonly requiresConsent: boolean;
  readonly idTokenAlgorithm: SigningAlgorithm;
  readonly secrets: readonly SecretHash[];
  /** Its public keys. */
  readonly keys: readonly JWK[];

  constructor(
    entity: ClientEntity,
    readonly policy: TokenPolicy,
  ) {
    this.id = entity.id;
    this.name = entity.name;
    this.type = entity.type;
    this.enabled = entity.enabled;
    this.authMethods = entity.authMethods;
    this.redirectUris = entity.redirectUris;
    this.postLogoutRedirectUris = entity.postLogoutRedirectUris;
    this.backchannelLogoutUri = entity.backchannelLogoutUri;
    this.grantTypes = entity.grantTypes;
    this.scopes = ScopeSet.of(entity.scopes);
    this.defaultScopes = ScopeSet.of(entity.defaultScopes);
    this.audiences = entity.audiences;
    this.requiresDpop = entity.dpopBoundAccessTokens;
    this.requiresPushedRequests = entity.requirePushedAuthorizationRequests;
    this.requiresConsent = entity.consentRequired;
    this.idTokenAlgorithm = entity.idTokenSignedResponseAlg ?? policy.accessTokenAlgorithm;
    this.secrets = entity.secrets;
    this.keys = entity.jwks?.keys ?? [];
  }

  get isPublic(): boolean {
    return this.type === 'public';
  }

  mayUse(grantType: string): boolean {
    return this.grantTypes.includes(grantType);
  }

  /**
   * Whether a refresh replaces the token. A public client's token that no key binds always rotates
   * (RFC 9700 §4.14.2).
   */
  rotates(isSenderConstrained: boolean): boolean {
    return this.policy.rotation || (this.isPublic && !isSenderConstrained);
  }
}
