import {
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';
import { type ClientTokenPolicy, type SigningAlgorithm } from './token-policy.js';

export type ClientType = 'public' | 'confidential';

/** A JWK Set (RFC 7517 §5). */
export interface JsonWebKeys {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** What is shown of a client, and who answers for it (RFC 7591 §2). */
export interface ClientDisplayMetadata {
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly tos_uri?: string;
  readonly policy_uri?: string;
  readonly contacts?: readonly string[];
  readonly software_id?: string;
  readonly software_version?: string;
}

/** A registered client as stored. Times are UTC. */
@Entity('client')
export class ClientEntity {
  @PrimaryColumn('text')
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  type: ClientType;

  @Column('boolean')
  enabled: boolean;

  @Column('text', { name: 'auth_methods', array: true })
  authMethods: string[];

  @Column('text', { name: 'redirect_uris', array: true })
  redirectUris: string[];

  /** Where people may be sent after they signed out (OpenID Connect RP-Initiated Logout §3.1). */
  @Column('text', { name: 'post_logout_redirect_uris', array: true })
  postLogoutRedirectUris: string[];

  /** Where it is told that a person signed out (OpenID Connect Back-Channel Logout §2.2). */
  @Column('text', { name: 'backchannel_logout_uri', nullable: true })
  backchannelLogoutUri: string | null;

  @Column('boolean', { name: 'backchannel_logout_session_required' })
  backchannelLogoutSessionRequired: boolean;

  @Column('text', { name: 'grant_types', array: true })
  grantTypes: string[];

  @Column('text', { array: true })
  scopes: string[];

  /** What a request without `scope` gets (RFC 6749 §3.3). */
  @Column('text', { name: 'default_scopes', array: true })
  defaultScopes: string[];

  /** Resource indicators that it may ask for (RFC 8707). */
  @Column('text', { array: true })
  audiences: string[];

  /** RFC 9449 §5.2: every token request must carry a DPoP proof. */
  @Column('boolean', { name: 'dpop_bound_access_tokens' })
  dpopBoundAccessTokens: boolean;

  /** RFC 9126 §6: its authorization requests must be pushed. */
  @Column('boolean', { name: 'require_pushed_authorization_requests' })
  requirePushedAuthorizationRequests: boolean;

  /** Whether people are asked before it gets what it wants of them. */
  @Column('boolean', { name: 'consent_required' })
  consentRequired: boolean;

  /** What its ID tokens are signed with; `null` for what its access tokens are. */
  @Column('text', { name: 'id_token_signed_response_alg', nullable: true })
  idTokenSignedResponseAlg: SigningAlgorithm | null;

  @Column('jsonb', { name: 'token_policy' })
  tokenPolicy: ClientTokenPolicy;

  /** Its public keys (RFC 7591 §2). */
  @Column('jsonb', { nullable: true })
  jwks: JsonWebKeys | null;

  @Column('jsonb', { name: 'display_metadata' })
  displayMetadata: ClientDisplayMetadata;

  /** Families issued up to then are dead. */
  @Column('timestamptz', { name: 'tokens_not_before', nullable: true })
  tokensNotBefore: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;

  @OneToMany(() => ClientSecretEntity, (secret) => secret.client)
  secrets: ClientSecretEntity[];
}

/** One of a client's secrets: a MAC of it under a key from the environment, never the secret. */
@Entity('client_secret')
export class ClientSecretEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text', { name: 'client_id' })
  clientId: string;

  @Column('smallint', { name: 'key_version' })
  keyVersion: number;

  @Column('bytea')
  hash: Buffer;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @ManyToOne(() => ClientEntity, (client) => client.secrets)
  @JoinColumn({ name: 'client_id' })
  client: ClientEntity;
}
