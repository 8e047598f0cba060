import { type GatewayRoute } from '../../gateway/routes/gateway-route.js';
import {
  type SealedSecret,
  type RouteRow,
  type StoredRoute,
} from '../../gateway/routes/gateway-route.repository.js';
import { DEFAULT_CONFIG, DEFAULT_ROUTE, type StoredConfig } from '../../gateway/routes/route-defaults.js';
import {
  type GatewayRouteConfigDocument,
  type GatewayRouteDocument,
  type StoredGatewayRouteDocument,
} from './route.documents.js';

/** A route with every default in place, but for its secret. */
export type WholeRoute = Omit<GatewayRoute, 'id' | 'config'> & { readonly config: StoredConfig };

/** What can be written of a route. */
export type EditableRoute = Pick<GatewayRouteDocument, keyof GatewayRouteDocument>;

/** A route as the management API shows it. Never its secret. */
export function storedRoute(row: StoredRoute, ownIssuer: string): StoredGatewayRouteDocument {
  return {
    id: row.id,
    ...editable(row, ownIssuer),
    has_client_secret: row.client_secret !== null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** What there is to be changed, in the order in which it is documented. */
export function editable(row: RouteRow, ownIssuer: string): EditableRoute {
  const config = { ...DEFAULT_CONFIG, ...row.config };
  return {
    name: row.name,
    enabled: row.enabled,
    hosts: [...row.hosts],
    paths: [...row.paths],
    methods: [...row.methods],
    upstream_url: row.upstream_url,
    strip_path: row.strip_path,
    config: { ...config, issuer: config.issuer ?? ownIssuer } as GatewayRouteConfigDocument,
  };
}

/** The document with its defaults. Our own issuer is not written down: its URL may change. */
export function wholeRoute(document: GatewayRouteDocument, ownIssuer: string): WholeRoute {
  const { config: { client_secret: _secret, ...config } = {}, ...route } = document;
  const isOwn = config.issuer?.replace(/\/+$/, '') === ownIssuer;
  const issuer = isOwn ? null : (config.issuer ?? null);
  return { ...DEFAULT_ROUTE, ...given(route), config: { ...DEFAULT_CONFIG, ...given(config), issuer } };
}

/** Without members that are there and undefined. */
function given<T extends object>(document: T): T {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined)) as T;
}

export function routeRow(id: string, route: WholeRoute, secret: SealedSecret): RouteRow {
  return { id, ...route, ...secret };
}
