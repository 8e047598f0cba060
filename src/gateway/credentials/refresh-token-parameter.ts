import { LRUCache } from 'lru-cache';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type GatewayRequest } from '../authenticator/gateway-request.js';
import { type ParameterPlace, type RouteConfig } from '../routes/gateway-route.js';
import { bodyReaderFor } from './body-parameter.js';
import { cookieValues, queryValues } from './query-and-cookies.js';

type Place = Exclude<ParameterPlace, 'body'>;

/** Largest body, in bytes, that is read to look for a refresh token. */
const MAX_BODY_BYTES = 64 * 1024;
const LONGEST_TOKEN = 8 * 1024;
const VSCHARS = /^[\x21-\x7E]+$/;

/** Of routes, so few. */
const known = new LRUCache<string, readonly string[]>({ max: 1_000 });

/** The headers that stand for a parameter: `refresh_token` is `Refresh-Token`, and `refresh_token` too. */
export function headersOfParameter(name: string): readonly string[] {
  let headers = known.get(name);
  if (!headers) {
    const lower = name.toLowerCase();
    known.set(name, (headers = [...new Set([lower.replaceAll('_', '-'), lower])]));
  }
  return headers;
}

const PLACES: Readonly<Record<Place, (request: GatewayRequest, name: string) => readonly string[]>> = {
  header: ({ headers }, name) => {
    const values: string[] = [];
    for (const header of headersOfParameter(name)) values.push(...(headers[header] ?? []));
    return values;
  },
  query: ({ target }, name) => queryValues(target, name),
  cookie: ({ headers }, name) => cookieValues(headers.cookie ?? [], name),
};

/**
 * The refresh token of a request, but for its body.
 *
 * @throws GatewayError `malformed_request` when there is more than one, in whatever places
 */
export function findRefreshToken(request: GatewayRequest, config: RouteConfig): string | undefined {
  const { refresh_token_param_name: name, refresh_token_param_type: places } = config;
  const values: string[] = [];
  for (const place of places) if (place !== 'body') values.push(...PLACES[place](request, name));
  return sole(values);
}

/** A body that has been read now, and the refresh token that was in it. */
export interface ReadBody {
  readonly refreshToken: string | undefined;
  readonly body: Buffer;
  /** Without the token. */
  readonly rest: Buffer;
}

/**
 * @returns `undefined` for a body that needs no reading
 * @throws GatewayError `body_too_large` for a body that is too long to be looked through
 */
export async function findRefreshTokenInBody(
  { headers, readBody }: GatewayRequest,
  { refresh_token_param_name: name, refresh_token_param_type: places }: RouteConfig,
): Promise<ReadBody | undefined> {
  const reader = places.includes('body') ? bodyReaderFor(headers) : undefined;
  if (!reader || !readBody) return undefined;
  const body = await readBody(MAX_BODY_BYTES);
  const refreshToken = sole(reader.values(body, name));
  return { refreshToken, body, rest: refreshToken === undefined ? body : reader.without(body, name) };
}

function sole(values: readonly string[]): string | undefined {
  const [value, second] = values.filter((one) => one !== '');
  if (second !== undefined)
    throw GatewayError.of('malformed_request', 'more than one refresh token in the request');
  if (value !== undefined && (value.length > LONGEST_TOKEN || !VSCHARS.test(value)))
    throw GatewayError.of('malformed_request', 'the refresh token is malformed');
  return value;
}
