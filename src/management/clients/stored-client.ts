import { type ClientEntity, type ClientSecretEntity } from '../../clients/client.entity.js';
import { metadataOf } from '../../clients/client-metadata.js';
import { type ClientTokenPolicy, effectivePolicy, POLICY_SETTINGS } from '../../clients/token-policy.js';
import { type TokensSettings } from '../../config/tokens.config.js';
import { type EffectiveSetting, type SecretDocument, type StoredClientDocument } from './client.documents.js';

/** A client as the management API shows it. Never a secret, nor what is kept of one. */
export function storedClient(client: ClientEntity, defaults: TokensSettings): StoredClientDocument {
  return {
    client_id: client.id,
    ...(metadataOf(client) as Omit<StoredClientDocument, 'client_id'>),
    token_endpoint_auth_methods: client.authMethods,
    enabled: client.enabled,
    secrets: secretsOf(client),
    effective_token_policy: effectiveSettings(client.tokenPolicy, defaults),
    created_at: client.createdAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
  };
}

/** In the order in which they were given. */
export function secretsOf({ secrets }: ClientEntity): SecretDocument[] {
  return [...secrets].sort((left, right) => (left.id < right.id ? -1 : 1)).map(secretDocument);
}

function secretDocument({ id, createdAt, expiresAt }: ClientSecretEntity): SecretDocument {
  return {
    id,
    created_at: createdAt.toISOString(),
    ...(expiresAt && { expires_at: expiresAt.toISOString() }),
  };
}

function effectiveSettings(
  own: ClientTokenPolicy,
  defaults: TokensSettings,
): Record<string, EffectiveSetting> {
  const policy = effectivePolicy(own, defaults);
  return Object.fromEntries(
    Object.entries(POLICY_SETTINGS).map(([name, inForce]) => {
      const source = own[name as keyof ClientTokenPolicy] === undefined ? 'server' : 'client';
      return [name, { value: policy[inForce], source }];
    }),
  );
}
