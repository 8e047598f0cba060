import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { POLICY_BOUNDS } from '../../clients/client-registration.js';
import { type ClientMetadata } from '../../clients/client-metadata.js';
import {
  type AccessTokenFormat,
  type ClientTokenPolicy,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../../clients/token-policy.js';
import {
  BooleanField,
  ChoiceField,
  FreeObjectField,
  ObjectField,
  ObjectListField,
  TextField,
  TextListField,
  TimeField,
  UuidField,
  WholeNumberField,
} from '../http/fields.js';

const URI = { format: 'uri', optional: true } as const;

/** A client's own token policy; what it leaves out is the server's. Lifetimes in seconds. */
export class TokenPolicyDocument implements ClientTokenPolicy {
  @BooleanField({
    description: 'Whether a refresh replaces the refresh token.',
    example: true,
    optional: true,
  })
  rotation?: boolean;

  @WholeNumberField({
    description: 'Seconds in which a token that was just replaced is taken for a retry.',
    example: 10,
    optional: true,
    ...POLICY_BOUNDS.rotation_grace_seconds,
  })
  rotation_grace_seconds?: number;

  @WholeNumberField({
    description: 'Seconds that a refresh token lives.',
    example: 86_400,
    optional: true,
    ...POLICY_BOUNDS.refresh_token_lifetime,
  })
  refresh_token_lifetime?: number;

  @ChoiceField({
    description: 'Whether a refresh renews the lifetime.',
    example: 'sliding',
    optional: true,
    of: ['sliding', 'fixed'],
  })
  refresh_token_expiry?: 'sliding' | 'fixed';

  @WholeNumberField({
    description: 'Seconds after which a session ends however often it was refreshed; 0 for never.',
    example: 2_592_000,
    optional: true,
    ...POLICY_BOUNDS.absolute_lifetime,
  })
  absolute_lifetime?: number;

  @WholeNumberField({
    description:
      'Sessions that one user may have at the client, of which the oldest gives way; 0 for no limit.',
    example: 5,
    optional: true,
    ...POLICY_BOUNDS.max_families_per_user,
  })
  max_families_per_user?: number;

  @BooleanField({
    description: 'Whether a refresh revokes the access token before.',
    example: false,
    optional: true,
  })
  revoke_previous_access_token?: boolean;

  @ChoiceField({
    description: 'Format of access tokens.',
    example: 'jwt',
    optional: true,
    of: ['jwt', 'opaque'],
  })
  access_token_format?: AccessTokenFormat;

  @WholeNumberField({
    description: 'Seconds that an access token lives.',
    example: 3_600,
    optional: true,
    ...POLICY_BOUNDS.access_token_lifetime,
  })
  access_token_lifetime?: number;

  @ChoiceField({
    description: 'What access tokens are signed with.',
    example: 'ES256',
    optional: true,
    of: SIGNING_ALGORITHMS,
  })
  access_token_algorithm?: SigningAlgorithm;
}

/** What a client is to be: its metadata (RFC 7591 §2) and its token policy. */
export class ClientDocument implements ClientMetadata {
  @TextField({ description: 'Shown to people.', example: 'Shop', optional: true, max: 255 })
  client_name?: string;

  @TextField({
    description: 'How it authenticates; none for a public client.',
    example: 'client_secret_basic',
    optional: true,
    max: 64,
  })
  token_endpoint_auth_method?: string;

  @TextListField({
    description: 'Where people are sent back to.',
    example: ['https://shop.example/callback'],
    optional: true,
  })
  redirect_uris?: string[];

  @TextListField({
    description:
      'Where people may be sent back to after they signed out (OpenID Connect RP-Initiated Logout).',
    example: ['https://shop.example/signed-out'],
    optional: true,
  })
  post_logout_redirect_uris?: string[];

  @TextField({
    description: 'Where it is told that a person signed out (OpenID Connect Back-Channel Logout).',
    example: 'https://shop.example/backchannel-logout',
    ...URI,
  })
  backchannel_logout_uri?: string;

  @BooleanField({
    description: 'Whether it needs the `sid` in logout tokens. They have it anyway.',
    example: true,
    optional: true,
  })
  backchannel_logout_session_required?: boolean;

  @TextListField({
    description: 'Grants that it may use.',
    example: ['refresh_token', 'password'],
    optional: true,
  })
  grant_types?: string[];

  @TextField({
    description: 'Scopes that it may ask for, space-separated.',
    example: 'read write',
    optional: true,
    min: 0,
    max: 8_192,
  })
  scope?: string;

  @TextField({
    description: 'Scopes of a request that names none.',
    example: 'read',
    optional: true,
    min: 0,
    max: 8_192,
  })
  default_scope?: string;

  @TextListField({
    description: 'Resources that it may ask for (RFC 8707).',
    example: ['https://api.example'],
    optional: true,
  })
  audiences?: string[];

  @BooleanField({
    description: 'Whether each token request must carry a DPoP proof (RFC 9449).',
    example: false,
    optional: true,
  })
  dpop_bound_access_tokens?: boolean;

  @BooleanField({
    description: 'Whether its authorization requests must be pushed (RFC 9126).',
    example: false,
    optional: true,
  })
  require_pushed_authorization_requests?: boolean;

  @BooleanField({
    description: 'Whether people are asked for their consent; left out they are.',
    example: true,
    optional: true,
  })
  consent_required?: boolean;

  @ChoiceField({
    description: 'What its ID tokens are signed with; left out what its access tokens are.',
    example: 'RS256',
    optional: true,
    of: SIGNING_ALGORITHMS,
  })
  id_token_signed_response_alg?: SigningAlgorithm;

  @FreeObjectField({
    description: 'Its public keys, a JWK Set (RFC 7517).',
    example: { keys: [{ kty: 'EC', crv: 'P-256', x: '…', y: '…' }] },
    optional: true,
  })
  jwks?: NonNullable<ClientMetadata['jwks']>;

  @TextField({ description: 'Its home page.', example: 'https://shop.example', ...URI })
  client_uri?: string;

  @TextField({ description: 'Its logo.', example: 'https://shop.example/logo.svg', ...URI })
  logo_uri?: string;

  @TextField({ description: 'Its terms of service.', example: 'https://shop.example/terms', ...URI })
  tos_uri?: string;

  @TextField({ description: 'Its privacy policy.', example: 'https://shop.example/privacy', ...URI })
  policy_uri?: string;

  @TextListField({ description: 'Who answers for it.', example: ['ops@shop.example'], optional: true })
  contacts?: string[];

  @TextField({ description: 'Names the software, whatever its instance.', example: 'shop', optional: true })
  software_id?: string;

  @TextField({ description: 'Version of the software.', example: '1.4.2', optional: true })
  software_version?: string;

  @ObjectField(() => TokenPolicyDocument, { description: 'Its own token policy.', optional: true })
  token_policy?: TokenPolicyDocument;
}

/** A client to be registered. */
export class NewClientDocument extends ClientDocument {
  @TextField({ description: 'Its id; made up where left out.', example: 'shop', optional: true, max: 255 })
  client_id?: string;

  @TextField({
    description: 'A secret that it has already, 16 characters at least; made up where left out.',
    example: 'rgs_vZ0m8nN3O0yqk7gq2Xr2bq0rX7m1k1dVw9oW4Jt6n8E',
    optional: true,
    min: 16,
    max: 1_024,
  })
  client_secret?: string;
}

/** One of a client's secrets, without the secret. */
export class SecretDocument {
  @UuidField({ description: 'Its id.', example: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21' })
  id: string;

  @TimeField({ description: 'Since when it is known.', example: '2026-03-01T09:30:00.000Z' })
  created_at: string;

  @TimeField({
    description: 'Until when it works; left out for ever.',
    example: '2026-03-02T09:30:00.000Z',
    optional: true,
  })
  expires_at?: string;
}

/** A setting in force, and who set it. */
export class EffectiveSetting {
  @ApiProperty({
    description: 'The value in force.',
    example: 10,
    oneOf: [{ type: 'boolean' }, { type: 'number' }, { type: 'string' }],
  })
  value: boolean | number | string;

  @ChoiceField({ description: 'Where it is set.', example: 'server', of: ['client', 'server'] })
  source: 'client' | 'server';
}

/** A client as it is. */
@ApiExtraModels(EffectiveSetting)
export class StoredClientDocument extends ClientDocument {
  @TextField({ description: 'Its id.', example: 'shop' })
  client_id: string;

  @BooleanField({ description: 'Whether it may do anything at all.', example: true })
  enabled: boolean;

  @TextListField({
    description: 'All methods that it may authenticate by.',
    example: ['client_secret_basic'],
  })
  token_endpoint_auth_methods: string[];

  @ObjectListField(() => SecretDocument, { description: 'Its secrets, without the secrets.' })
  secrets: SecretDocument[];

  @ApiProperty({
    description: 'Each setting of the token policy as it is in force, and who set it.',
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/EffectiveSetting' },
    example: { rotation: { value: true, source: 'server' } },
  })
  effective_token_policy: Record<string, EffectiveSetting>;

  @TimeField({ description: 'When it was registered.', example: '2026-03-01T09:30:00.000Z' })
  created_at: string;

  @TimeField({ description: 'When it was changed last.', example: '2026-03-01T09:30:00.000Z' })
  updated_at: string;
}

/** A client with its secret, which is not to be had again. */
export class RegisteredClientDocument extends StoredClientDocument {
  @TextField({
    description: 'Its secret; of a public client there is none. It is not shown again.',
    example: 'rgs_vZ0m8nN3O0yqk7gq2Xr2bq0rX7m1k1dVw9oW4Jt6n8E',
    optional: true,
  })
  client_secret?: string;

  @WholeNumberField({
    description: 'When the secret expires, in seconds since the epoch; 0 for never (RFC 7591 §3.2.1).',
    example: 0,
    optional: true,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
  })
  client_secret_expires_at?: number;
}

/** How a secret is to be changed. */
export class SecretRotationDocument {
  @WholeNumberField({
    description: 'Seconds that the secret before works on.',
    example: 86_400,
    optional: true,
    min: 0,
    max: 31_536_000,
  })
  overlap_seconds?: number;
}

/** A new secret, which is not to be had again. */
export class RotatedSecretDocument {
  @TextField({ description: 'The client.', example: 'shop' })
  client_id: string;

  @TextField({ description: 'The secret.', example: 'rgs_vZ0m8nN3O0yqk7gq2Xr2bq0rX7m1k1dVw9oW4Jt6n8E' })
  client_secret: string;

  @WholeNumberField({
    description: 'When it expires; 0 for never.',
    example: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
  })
  client_secret_expires_at: number;

  @ObjectListField(() => SecretDocument, { description: 'All secrets that the client has now.' })
  secrets: SecretDocument[];
}

/** Clients of a page. */
export class ClientPageDocument {
  @ObjectListField(() => StoredClientDocument, { description: 'In the order of their ids.' })
  items: StoredClientDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'c2hvcA', optional: true })
  next_cursor?: string;
}
