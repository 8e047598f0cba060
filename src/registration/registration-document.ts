import { type ClientEntity } from '../clients/client.entity.js';
import { type ClientMetadata, metadataOf } from '../clients/client-metadata.js';

/** What a client must keep from an answer: it is not to be had again. */
export interface RegistrationCredentials {
  readonly registrationAccessToken: string;
  readonly clientSecret?: string;
}

/** A client's registration as it is told (RFC 7591 §3.2.1, RFC 7592 §3). Times in seconds since the epoch. */
export interface RegistrationDocument extends ClientMetadata {
  readonly client_id: string;
  readonly client_id_issued_at: number;
  readonly client_secret?: string;
  /** 0 for never; there with a secret only. */
  readonly client_secret_expires_at?: number;
  readonly registration_client_uri: string;
  readonly registration_access_token: string;
  readonly response_types: readonly string[];
}

/** Where clients register, below the issuer. */
export const REGISTRATION_PATH = 'oauth2/register';

export function registrationDocument(
  client: ClientEntity,
  issuer: string,
  { registrationAccessToken, clientSecret }: RegistrationCredentials,
): RegistrationDocument {
  return {
    client_id: client.id,
    client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
    ...(clientSecret !== undefined && { client_secret: clientSecret, client_secret_expires_at: 0 }),
    registration_client_uri: `${issuer}/${REGISTRATION_PATH}/${encodeURIComponent(client.id)}`,
    registration_access_token: registrationAccessToken,
    ...ownMetadata(client),
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
  };
}

/** A client as the audit log keeps it. */
export function auditedClient(client: ClientEntity): object {
  return { client_id: client.id, ...metadataOf(client) };
}

/** The metadata that is the client's to set: what an admin sets beside it is not shown to it. */
function ownMetadata(client: ClientEntity): ClientMetadata {
  const {
    token_policy: _policy,
    audiences: _audiences,
    default_scope: _default,
    consent_required: _consent,
    ...own
  } = metadataOf(client);
  return own;
}
