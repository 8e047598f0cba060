import { Transform } from 'class-transformer';
import {
  AUTH_METHODS,
  type AuthMethod,
  CLIENT_AUTHS,
  type ClientAuth,
  PARAMETER_PLACES,
  type ParameterPlace,
  type RouteConfig,
} from '../../gateway/routes/gateway-route.js';
import {
  BooleanField,
  ChoiceField,
  LimitField,
  ObjectField,
  ObjectListField,
  TextField,
  TextListField,
  TimeField,
  UuidField,
  WholeNumberField,
} from '../http/fields.js';
import {
  ChoiceListField,
  HostListField,
  IssuerField,
  MethodListField,
  ParameterField,
  PathListField,
  ScopeListField,
  TokenHeaderField,
  UpstreamUrlField,
} from './route-fields.js';

const MAX_SECRET = 8_192;
const DAY = 86_400;

type Writable<T> = { -readonly [Key in keyof T]?: T[Key] };

/** What the gateway does on a route, in the names of Kong's OpenID Connect plugin. */
export class GatewayRouteConfigDocument implements Writable<Omit<RouteConfig, 'client_secret' | 'issuer'>> {
  @ChoiceListField({
    description:
      'How a request may show who it is for. `session`: by a cookie that is set once another method has let it in.',
    example: ['bearer', 'refresh_token'],
    optional: true,
    of: AUTH_METHODS,
  })
  auth_methods?: AuthMethod[];

  @ParameterField({
    description: 'Where a refresh token stands; `refresh_token` is the header `Refresh-Token`.',
    example: 'refresh_token',
    optional: true,
  })
  refresh_token_param_name?: string;

  @ChoiceListField({
    description: 'In which parts of the request it is looked for. What is in the URL ends up in logs.',
    example: ['header'],
    optional: true,
    of: PARAMETER_PLACES,
  })
  refresh_token_param_type?: ParameterPlace[];

  @TokenHeaderField({
    description: 'The header in which the upstream gets the access token; null for none.',
    example: 'authorization:bearer',
    optional: true,
  })
  upstream_access_token_header?: string | null;

  @TokenHeaderField({
    description: 'The header in which the upstream gets the newest refresh token; null for none.',
    example: 'refresh_token',
    optional: true,
  })
  upstream_refresh_token_header?: string | null;

  @TokenHeaderField({
    description: 'The header in which the answer carries the access token; null for none.',
    example: null,
    optional: true,
  })
  downstream_access_token_header?: string | null;

  @TokenHeaderField({
    description: 'The header in which the answer carries the newest refresh token; null for none.',
    example: 'refresh_token',
    optional: true,
  })
  downstream_refresh_token_header?: string | null;

  @IssuerField({
    description: 'Whose tokens they are: null for this server, otherwise an issuer with OpenID discovery.',
    example: null,
    optional: true,
  })
  issuer?: string | null;

  @TextField({
    description: 'As which client the gateway asks the issuer.',
    example: 'gateway',
    optional: true,
    nullable: true,
    max: 255,
  })
  client_id?: string | null;

  @TextField({
    description: 'Its secret, or for `private_key_jwt` its private key as a JWK. Written, never shown.',
    example: 'a-secret-of-the-client',
    optional: true,
    nullable: true,
    max: MAX_SECRET,
  })
  client_secret?: string | null;

  @ChoiceField({
    description: 'How the gateway authenticates at the issuer.',
    example: 'basic',
    optional: true,
    of: CLIENT_AUTHS,
  })
  client_auth?: ClientAuth;

  @ScopeListField({ description: 'Scopes that are asked for.', example: ['openid'], optional: true })
  scopes?: string[];

  @TextListField({
    description: 'What an access token must be meant for, one of them; empty for anything.',
    example: ['https://api.example.com'],
    optional: true,
  })
  audience?: string[];

  @WholeNumberField({
    description: 'Seconds by which clocks may differ.',
    example: 5,
    optional: true,
    min: 0,
    max: 300,
  })
  leeway?: number;

  @BooleanField({
    description: 'Whether tokens are kept for the next request.',
    example: true,
    optional: true,
  })
  cache_tokens?: boolean;

  @WholeNumberField({
    description: 'Seconds that they are kept at most.',
    example: 3_600,
    optional: true,
    min: 0,
    max: DAY,
  })
  cache_ttl?: number;

  @BooleanField({
    description: 'Whether the credentials that the gateway used are taken out of what goes upstream.',
    example: true,
    optional: true,
  })
  hide_credentials?: boolean;

  @WholeNumberField({
    description: 'Milliseconds that the issuer may take.',
    example: 10_000,
    optional: true,
    min: 100,
    max: 60_000,
  })
  timeout?: number;

  @BooleanField({
    description: 'Whether an access token that is about to expire is renewed.',
    example: true,
    optional: true,
  })
  refresh_tokens?: boolean;
}

/** A route of the gateway. What is left out gets its default. */
export class GatewayRouteDocument {
  @TextField({ description: 'A name of its own.', example: 'orders', max: 128 })
  name: string;

  @BooleanField({ description: 'Whether it takes requests.', example: true, optional: true })
  enabled?: boolean;

  @HostListField({
    description: 'Hosts that it takes; `*.` stands for one label or more. Empty for any.',
    example: ['orders.example.com', '*.orders.example.com'],
    optional: true,
  })
  hosts?: string[];

  @PathListField({
    description: 'Prefixes of paths that it takes, each up to a whole segment.',
    example: ['/orders'],
    optional: true,
  })
  paths?: string[];

  @MethodListField({ description: 'Methods that it takes. Empty for any.', example: ['GET'], optional: true })
  methods?: string[];

  @UpstreamUrlField({
    description: 'Where its requests go; their path is put behind the path of this.',
    example: 'http://orders.internal:8080',
  })
  upstream_url: string;

  @BooleanField({
    description: 'Whether the prefix that matched is taken off before the request goes there.',
    example: true,
    optional: true,
  })
  strip_path?: boolean;

  @ObjectField(() => GatewayRouteConfigDocument, {
    description: 'What the gateway does with them.',
    optional: true,
  })
  config?: GatewayRouteConfigDocument;
}

/** A route as it is. */
export class StoredGatewayRouteDocument extends GatewayRouteDocument {
  @UuidField({ description: 'Its id.', example: '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21' })
  id: string;

  @BooleanField({ description: 'Whether it has a client secret, which is not shown.', example: true })
  has_client_secret: boolean;

  @TimeField({ description: 'When it was made.', example: '2026-03-01T09:30:00.000Z' })
  created_at: string;

  @TimeField({ description: 'When it was changed last.', example: '2026-03-01T10:00:00.000Z' })
  updated_at: string;
}

export class GatewayRoutePageDocument {
  @ObjectListField(() => StoredGatewayRouteDocument, { description: 'Oldest first.' })
  items: StoredGatewayRouteDocument[];

  @TextField({ description: 'Where the next page begins.', example: 'MDE5OGQzYTQ', optional: true })
  next_cursor?: string;
}

/** Which routes are listed. */
export class GatewayRouteQuery {
  @LimitField()
  limit?: number;

  @TextField({ description: 'The `next_cursor` of the page before.', example: 'MDE5OGQzYTQ', optional: true })
  cursor?: string;

  @Transform(({ value }: { value: unknown }) => ({ true: true, false: false })[String(value)] ?? value)
  @BooleanField({ description: 'Only enabled, or only disabled ones.', example: true, optional: true })
  enabled?: boolean;

  @TextField({
    description: 'Part of the name or of the URL of the upstream.',
    example: 'orders',
    optional: true,
    max: 255,
  })
  search?: string;
}
