import { GatewayError } from '../authenticator/gateway-error.js';
import { type GatewayHeaders } from '../authenticator/gateway-request.js';

const AUTH_PATH = '/gateway/auth';

/** The request that another proxy asks about. */
export interface OriginalRequest {
  readonly host: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

/** The request as it came to us, which tells of the other. */
export interface AskingRequest extends OriginalRequest {
  readonly headers: GatewayHeaders;
}

/** Headers that tell of it, and who sets them. */
const NGINX = { host: 'x-original-host', method: 'x-original-method', target: 'x-original-uri' };
const TRAEFIK_AND_CADDY = {
  host: 'x-forwarded-host',
  method: 'x-forwarded-method',
  target: 'x-forwarded-uri',
};
const FAMILIES = [NGINX, TRAEFIK_AND_CADDY];

/** The header without which there is no telling; of several families it is the client that set the other. */
const TELLING = FAMILIES.flatMap(({ method, target }) => [method, target]);

/**
 * Which request a proxy asks about: nginx, Traefik and Caddy say so in headers; Envoy puts the path behind ours and
 * keeps host and method. Whoever lets headers of the client through as well tells of two requests, and is not heard.
 *
 * @throws GatewayError `malformed_request`
 */
export function originalRequest(asking: AskingRequest): OriginalRequest {
  const { headers, host, method, target } = asking;
  const told = TELLING.filter((name) => headers[name] !== undefined);
  const path = target.slice(AUTH_PATH.length);
  if (path.startsWith('/')) {
    if (told.length > 0) throw ambiguous();
    return { host, method, target: path };
  }
  const [family, another] = FAMILIES.filter((names) =>
    told.some((name) => Object.values(names).includes(name)),
  );
  if (!family) throw GatewayError.of('malformed_request', 'no header tells which request this is about');
  if (another) throw ambiguous();
  return {
    host: sole(headers, family.host),
    method: sole(headers, family.method),
    target: sole(headers, family.target),
  };
}

function sole(headers: GatewayHeaders, name: string): string {
  const [value, second] = headers[name] ?? [];
  if (value !== undefined && value !== '' && second === undefined) return value;
  throw GatewayError.of('malformed_request', `${name} must be there once`);
}

function ambiguous(): GatewayError {
  return GatewayError.of('malformed_request', 'more than one header tells which request this is about');
}
