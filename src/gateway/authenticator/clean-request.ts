import { type FoundCredentials } from '../credentials/find-credentials.js';
import { withoutCookie, withoutQueryParameter } from '../credentials/query-and-cookies.js';
import { type RouteConfig } from '../routes/gateway-route.js';
import { type GatewayHeaders, type GatewayRequest } from './gateway-request.js';
import { headerRules } from './header-rules.js';
import { type CleanedRequest } from './verdict.js';

const CREDENTIALS = /^(?:bearer|basic|dpop) /i;

/** The request as it goes on: without its credentials where the route hides them, without our cookie, and saying nothing that we are to say. */
export function cleanRequest(
  request: GatewayRequest,
  config: RouteConfig,
  { readBody }: FoundCredentials,
  upstreamHeaders: Readonly<Record<string, string>>,
): CleanedRequest {
  const { hide_credentials: isHidden } = config;
  const { queryParameter } = headerRules(config);
  const headers = keptHeaders(request.headers, config);
  for (const name of Object.keys(upstreamHeaders))
    headers[name.toLowerCase()] = [upstreamHeaders[name] ?? ''];
  return {
    headers,
    target:
      queryParameter === undefined ? request.target : withoutQueryParameter(request.target, queryParameter),
    body: isHidden ? readBody?.rest : readBody?.body,
  };
}

function keptHeaders(
  headers: GatewayHeaders,
  config: RouteConfig,
): Record<string, readonly string[] | undefined> {
  const rules = headerRules(config);
  const hidesCredentials = config.hide_credentials && CREDENTIALS.test(headers.authorization?.[0] ?? '');
  const kept: Record<string, readonly string[] | undefined> = {};
  for (const name of Object.keys(headers)) {
    if (rules.drops(name) || (name === 'authorization' && hidesCredentials)) continue;
    const lines =
      name === 'cookie' ? rules.cookies.reduce(withoutCookie, headers.cookie ?? []) : headers[name];
    if (lines?.length !== 0) kept[name] = lines;
  }
  return kept;
}
