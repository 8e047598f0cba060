import { headersOfParameter } from '../credentials/refresh-token-parameter.js';
import { type FoundCredentials } from '../credentials/find-credentials.js';
import { withoutCookie, withoutQueryParameter } from '../credentials/query-and-cookies.js';
import { type RouteConfig } from '../routes/gateway-route.js';
import { SESSION_COOKIES } from '../session/session-cookies.js';
import { type GatewayHeaders, type GatewayRequest } from './gateway-request.js';
import { parseTokenHeader } from './token-header.js';
import { type CleanedRequest } from './verdict.js';

/** By which gateways tell services who somebody is: from outside nobody may. */
const IDENTITY_HEADER =
  /^(?:x-(?:userinfo|access-token|id-token|introspection|anonymous-consumer)|x-(?:authenticated|consumer|credential|forwarded-user|auth-request)(?:-.*)?)$/;
const CREDENTIALS = /^(?:bearer|basic|dpop) /i;

/** The request as it goes on: without its credentials where the route hides them, without our cookie, and saying nothing that we are to say. */
export function cleanRequest(
  { headers, target }: GatewayRequest,
  config: RouteConfig,
  { readBody }: FoundCredentials,
  upstreamHeaders: Readonly<Record<string, string>>,
): CleanedRequest {
  const { hide_credentials: isHidden, refresh_token_param_name: name } = config;
  const dropped = droppedHeaders(config);
  const kept = Object.entries(headers).filter(([header]) => !isDropped(header, dropped));
  const open = withoutCookies(Object.fromEntries(kept), SESSION_COOKIES);
  const rest = isHidden ? hideCredentials(open, config) : open;
  return {
    headers: { ...rest, ...asLines(upstreamHeaders) },
    target: isHidden && takesFrom(config, 'query') ? withoutQueryParameter(target, name) : target,
    body: isHidden ? readBody?.rest : readBody?.body,
  };
}

function droppedHeaders(config: RouteConfig): ReadonlySet<string> {
  const set = [config.upstream_access_token_header, config.upstream_refresh_token_header];
  return new Set(
    set.filter((header) => header !== null).map((header) => canonical(parseTokenHeader(header).name)),
  );
}

function isDropped(header: string, dropped: ReadonlySet<string>): boolean {
  const name = canonical(header);
  return dropped.has(name) || IDENTITY_HEADER.test(name);
}

/** To many an upstream `X_User` and `X-User` are the same variable. */
function canonical(header: string): string {
  return header.toLowerCase().replaceAll('_', '-');
}

function hideCredentials(headers: GatewayHeaders, config: RouteConfig): GatewayHeaders {
  const hidden: Record<string, readonly string[] | undefined> = { ...headers };
  const name = config.refresh_token_param_name;
  if (CREDENTIALS.test(headers.authorization?.[0] ?? '')) delete hidden.authorization;
  if (takesFrom(config, 'header'))
    for (const header of headersOfParameter(name)) Reflect.deleteProperty(hidden, header);
  return takesFrom(config, 'cookie') ? withoutCookies(hidden, [name]) : hidden;
}

function withoutCookies({ cookie, ...others }: GatewayHeaders, names: readonly string[]): GatewayHeaders {
  const lines = names.reduce(withoutCookie, cookie ?? []);
  return lines.length > 0 ? { ...others, cookie: lines } : others;
}

function takesFrom(config: RouteConfig, place: RouteConfig['refresh_token_param_type'][number]): boolean {
  return config.auth_methods.includes('refresh_token') && config.refresh_token_param_type.includes(place);
}

function asLines(headers: Readonly<Record<string, string>>): GatewayHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]));
}
